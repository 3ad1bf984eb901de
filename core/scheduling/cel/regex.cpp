// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/cel/regex.h"

#include "core/scheduling/cel/regex_syntax.h"

#include <algorithm>

namespace core::cel {

namespace {

constexpr std::size_t mostSteps = 2'000;

/// A machine that is in all its states at once: no pattern makes it slow.
class Machine {
public:
    explicit Machine(const Piece &piece)
    {
        emit(piece);
        add({Step::Kind::Match, {}, 0, 0});
        m_marks.resize(m_steps.size());
    }

    bool run(std::string_view text)
    {
        std::vector<std::size_t> now, next;
        for (std::size_t at = 0; at <= text.size(); ++at) {
            if (at == 0)
                ++m_round; // later rounds keep the marks of the step that led here
            enter(0, at, text.size(), now);
            if (m_matched)
                return true;
            if (at == text.size())
                return false;
            ++m_round;
            next.clear();
            for (const auto step : now)
                if (m_steps[step].characters.test(static_cast<std::size_t>(text[at])))
                    enter(step + 1, at + 1, text.size(), next);
            now.swap(next);
        }
        return m_matched;
    }

private:
    struct Step {
        enum class Kind { Characters, Split, Jump, Begin, End, Match };
        Kind kind;
        CharacterSet characters;
        std::size_t to, otherwise;
    };

    std::size_t add(const Step &step)
    {
        if (m_steps.size() >= mostSteps)
            throw NoPattern{};
        m_steps.push_back(step);
        return m_steps.size() - 1;
    }

    void emit(const Piece &piece)
    {
        switch (piece.kind) {
        case Piece::Kind::Characters: add({Step::Kind::Characters, piece.characters, 0, 0}); break;
        case Piece::Kind::Begin: add({Step::Kind::Begin, {}, 0, 0}); break;
        case Piece::Kind::End: add({Step::Kind::End, {}, 0, 0}); break;
        case Piece::Kind::Sequence:
            for (const auto &part : piece.parts)
                emit(part);
            break;
        case Piece::Kind::Choice: emitChoice(piece); break;
        case Piece::Kind::Repeat: emitRepeat(piece); break;
        }
    }

    void emitChoice(const Piece &piece)
    {
        std::vector<std::size_t> ends;
        for (std::size_t i = 0; i + 1 < piece.parts.size(); ++i) {
            const auto split = add({Step::Kind::Split, {}, m_steps.size() + 1, 0});
            emit(piece.parts[i]);
            ends.push_back(add({Step::Kind::Jump, {}, 0, 0}));
            m_steps[split].otherwise = m_steps.size();
        }
        emit(piece.parts.back());
        for (const auto end : ends)
            m_steps[end].to = m_steps.size();
    }

    void emitRepeat(const Piece &piece)
    {
        const auto &part = piece.parts.front();
        for (int i = 0; i < piece.least; ++i)
            emit(part);
        if (piece.most == forever) {
            const auto split = add({Step::Kind::Split, {}, m_steps.size() + 1, 0});
            emit(part);
            add({Step::Kind::Jump, {}, split, 0});
            m_steps[split].otherwise = m_steps.size();
            return;
        }
        for (int i = piece.least; i < piece.most; ++i) {
            const auto split = add({Step::Kind::Split, {}, m_steps.size() + 1, 0});
            emit(part);
            m_steps[split].otherwise = m_steps.size();
        }
    }

    /// Follows what takes no character; each step once a position.
    void enter(std::size_t first, std::size_t at, std::size_t size, std::vector<std::size_t> &states)
    {
        std::vector<std::size_t> waiting{first};
        while (!waiting.empty()) {
            const auto index = waiting.back();
            waiting.pop_back();
            if (m_marks[index] == m_round)
                continue;
            m_marks[index] = m_round;
            const auto &step = m_steps[index];
            switch (step.kind) {
            case Step::Kind::Characters: states.push_back(index); break;
            case Step::Kind::Match: m_matched = true; break;
            case Step::Kind::Jump: waiting.push_back(step.to); break;
            case Step::Kind::Split:
                waiting.push_back(step.to);
                waiting.push_back(step.otherwise);
                break;
            case Step::Kind::Begin:
            case Step::Kind::End:
                if (at == (step.kind == Step::Kind::Begin ? 0 : size))
                    waiting.push_back(index + 1);
                break;
            }
        }
    }

    std::vector<Step> m_steps;
    std::vector<std::size_t> m_marks; ///< the round in which a step was entered last
    std::size_t m_round = 0;
    bool m_matched = false;
};

bool isAscii(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 128; });
}

} // namespace

std::optional<bool> matchesPattern(std::string_view text, std::string_view pattern)
{
    if (!isAscii(text) || !isAscii(pattern))
        return std::nullopt;
    try {
        return Machine(parsePattern(pattern)).run(text);
    } catch (const NoPattern &) {
        return std::nullopt;
    }
}

} // namespace core::cel
