// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/history/serving_benchmark.h"

#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QSpinBox>

namespace ui {

/// Asks what a serving benchmark's file does not say: on which GPUs it ran, and, for those who know, the format of the
/// weights and the engine's version.
class BenchmarkDialog final : public QDialog {
    Q_OBJECT

public:
    /// A GPU to choose from.
    struct Choice {
        QString id, name; ///< of the catalogue
    };
    /// `model`: as the file names it. `choices`: the likely ones first.
    BenchmarkDialog(const QString &file, const QString &model, const std::vector<Choice> &choices,
                    QWidget *parent = nullptr);

Q_SIGNALS:
    void described(const core::BenchmarkContext &context); ///< without source and date

private:
    core::BenchmarkContext context() const;

    QLineEdit *m_model;
    QComboBox *m_sku;
    QSpinBox *m_gpus;
    QComboBox *m_weights;
    QLineEdit *m_engine;
};

} // namespace ui
