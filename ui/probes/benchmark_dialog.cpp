// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/benchmark_dialog.h"

#include "ui/text/words.h"
#include "ui/widgets/combo_box.h"
#include "ui/widgets/spin_box.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int MostGpus = 1024;

QLineEdit *field(QWidget *parent, const QString &name, const QString &label, const QString &placeholder)
{
    auto *edit = new QLineEdit(parent);
    edit->setObjectName(name);
    edit->setAccessibleName(label);
    edit->setPlaceholderText(placeholder);
    return edit;
}

} // namespace

BenchmarkDialog::BenchmarkDialog(const QString &file, const QString &model, const std::vector<Choice> &choices,
                                 QWidget *parent)
    : QDialog(parent)
    , m_model(field(this, u"benchmarkModel"_s, tr("Model"), tr("the model's name")))
    , m_sku(comboBox(this, u"benchmarkSku"_s, tr("GPU it ran on")))
    , m_gpus(spinBox(this, u"benchmarkGpus"_s, tr("GPUs of the replica"), {.most = MostGpus}))
    , m_weights(comboBox(this, u"benchmarkWeights"_s, tr("Weights")))
    , m_engine(field(this, u"benchmarkEngine"_s, tr("Engine and version"), tr("not known")))
{
    setObjectName(u"benchmarkDialog"_s);
    setWindowTitle(tr("Import a serving benchmark"));
    m_model->setText(model);
    m_sku->setPlaceholderText(tr("choose the GPU"));
    for (const auto &choice : choices)
        m_sku->addItem(choice.name, choice.id);
    m_sku->setCurrentIndex(-1);
    m_weights->addItem(tr("as the model's name says"), QString());
    for (const auto &format : weightFormats())
        m_weights->addItem(format, format);
    auto *words = new QLabel(tr("%1 does not say on which GPUs it ran.").arg(file), this);
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    auto *import = buttons->addButton(tr("Import"), QDialogButtonBox::AcceptRole);
    import->setObjectName(u"benchmarkImport"_s);
    const auto judge = [this, import] {
        import->setEnabled(m_sku->currentIndex() >= 0 && !m_model->text().trimmed().isEmpty());
    };
    judge();
    connect(m_sku, &QComboBox::currentIndexChanged, this, judge);
    connect(m_model, &QLineEdit::textChanged, this, judge);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        Q_EMIT described(context());
        accept();
    });
    auto *form = new QFormLayout(this);
    form->addRow(words);
    form->addRow(tr("&Model"), m_model);
    form->addRow(tr("&GPU"), m_sku);
    form->addRow(tr("GPUs of the &replica"), m_gpus);
    form->addRow(tr("&Weights"), m_weights);
    form->addRow(tr("&Engine and version"), m_engine);
    form->addRow(buttons);
    setMinimumWidth(440);
    m_sku->setFocus();
}

core::BenchmarkContext BenchmarkDialog::context() const
{
    return {.model = plain(m_model->text().trimmed()),
            .sku = plain(m_sku->currentData().toString()),
            .devices = m_gpus->value(),
            .source = {},
            .importedAt = 0,
            .weights = plain(m_weights->currentData().toString()),
            .engineVersion = plain(m_engine->text().trimmed())};
}

} // namespace ui
