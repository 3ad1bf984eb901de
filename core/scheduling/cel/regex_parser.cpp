// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/cel/regex_syntax.h"

#include <charconv>

namespace core::cel {

namespace {

using Set = CharacterSet;

constexpr int deepest = 50;

Set range(char from, char to)
{
    Set set;
    for (std::size_t c = static_cast<unsigned char>(from); c <= static_cast<unsigned char>(to); ++c)
        set.set(c);
    return set;
}

Set single(char c)
{
    return range(c, c);
}

/// \d, \w, \s and their opposites, or an escaped mark.
Set escaped(char letter)
{
    const auto digits = range('0', '9');
    const auto words = digits | range('a', 'z') | range('A', 'Z') | single('_');
    const auto blanks = single(' ') | range('\t', '\n') | range('\f', '\r');
    switch (letter) {
    case 'd': return digits;
    case 'D': return ~digits;
    case 'w': return words;
    case 'W': return ~words;
    case 's': return blanks;
    case 'S': return ~blanks;
    case 't': return single('\t');
    case 'n': return single('\n');
    default: break;
    }
    if (words.test(static_cast<std::size_t>(letter)) && letter != '_')
        throw NoPattern{}; // \b, \pL, \x41 and their like
    return single(letter);
}

class PatternParser {
public:
    explicit PatternParser(std::string_view pattern) : m_rest(pattern) {}

    Piece run()
    {
        auto piece = choice();
        if (!m_rest.empty())
            throw NoPattern{};
        return piece;
    }

private:
    bool is(char c) const { return !m_rest.empty() && m_rest.front() == c; }
    bool take(char c)
    {
        const bool there = is(c);
        m_rest.remove_prefix(there ? 1 : 0);
        return there;
    }
    char next()
    {
        if (m_rest.empty() || static_cast<unsigned char>(m_rest.front()) >= 128)
            throw NoPattern{};
        const char c = m_rest.front();
        m_rest.remove_prefix(1);
        return c;
    }

    Piece choice()
    {
        if (++m_depth > deepest)
            throw NoPattern{};
        Piece out{Piece::Kind::Choice, {}, {}, 0, 0};
        do
            out.parts.push_back(sequence());
        while (take('|'));
        --m_depth;
        return out;
    }

    Piece sequence()
    {
        Piece out;
        while (!m_rest.empty() && !is('|') && !is(')'))
            out.parts.push_back(repeated(atom()));
        return out;
    }

    Piece repeated(Piece piece)
    {
        int least = is('+') ? 1 : 0, most = is('?') ? 1 : forever;
        if (take('{'))
            bounds(least, most);
        else if (!take('*') && !take('+') && !take('?'))
            return piece;
        take('?'); // lazy: the same texts match
        if (is('*') || is('+') || is('?') || is('{'))
            throw NoPattern{};
        Piece out{Piece::Kind::Repeat, {}, {}, least, most};
        out.parts.push_back(std::move(piece));
        return out;
    }

    int number()
    {
        int value = 0;
        const auto [end, error] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), value);
        if (error != std::errc() || value < 0 || value > 1000)
            throw NoPattern{};
        m_rest.remove_prefix(static_cast<std::size_t>(end - m_rest.data()));
        return value;
    }

    void bounds(int &least, int &most)
    {
        least = most = number();
        if (take(','))
            most = is('}') ? forever : number();
        if (!take('}') || (most != forever && most < least))
            throw NoPattern{};
    }

    Piece atom()
    {
        const char c = next();
        switch (c) {
        case '(': return group();
        case '[': return characters(set());
        case '.': return characters(~single('\n'));
        case '^': return {Piece::Kind::Begin, {}, {}, 0, 0};
        case '$': return {Piece::Kind::End, {}, {}, 0, 0};
        case '\\': return characters(escaped(next()));
        case '*':
        case '+':
        case '?':
        case '{': throw NoPattern{};
        default: return characters(single(c));
        }
    }

    static Piece characters(const Set &set) { return {Piece::Kind::Characters, set, {}, 0, 0}; }

    Piece group()
    {
        if (take('?') && !take(':'))
            throw NoPattern{}; // names and flags
        auto piece = choice();
        if (!take(')'))
            throw NoPattern{};
        return piece;
    }

    Set set()
    {
        const bool negated = take('^');
        Set out;
        do {
            if (is('['))
                throw NoPattern{}; // [[:alpha:]]
            const char from = next();
            if (from == '\\') {
                out |= escaped(next());
                continue;
            }
            if (m_rest.size() < 2 || m_rest[0] != '-' || m_rest[1] == ']') {
                out |= single(from);
                continue;
            }
            take('-');
            const char to = next();
            if (to == '\\' || to < from)
                throw NoPattern{};
            out |= range(from, to);
        } while (!take(']'));
        return negated ? ~out : out;
    }

    std::string_view m_rest;
    int m_depth = 0;
};

} // namespace

Piece parsePattern(std::string_view pattern)
{
    return PatternParser(pattern).run();
}

} // namespace core::cel
