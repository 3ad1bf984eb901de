// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/cel/syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core::cel {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
bool isNameStart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool isNameRest(char c)
{
    return isNameStart(c) || isDigit(c);
}

/// The character that a one-letter escape stands for; 0 when it is none.
char escaped(char letter)
{
    static constexpr std::string_view letters = "abfnrtv\\?\"'`", meant = "\a\b\f\n\r\t\v\\?\"'`";
    const auto at = letters.find(letter);
    return at == letters.npos ? '\0' : meant[at];
}

class Lexer {
public:
    explicit Lexer(std::string_view text) : m_text(text) {}

    std::vector<Token> run()
    {
        std::vector<Token> out;
        for (skipBlanks(); !m_text.empty(); skipBlanks())
            out.push_back(next());
        out.emplace_back();
        return out;
    }

private:
    void skipBlanks()
    {
        while (!m_text.empty()) {
            if (m_text.starts_with("//"))
                m_text.remove_prefix(std::min(m_text.find('\n'), m_text.size()));
            else if (std::string_view(" \t\n\r\f").contains(m_text.front()))
                m_text.remove_prefix(1);
            else
                return;
        }
    }

    Token next()
    {
        const char first = m_text.front();
        if (first == '"' || first == '\'')
            return {Token::Kind::Text, quoted(false)};
        if (isNameStart(first))
            return nameOrRawText();
        if (isDigit(first) || (first == '.' && m_text.size() > 1 && isDigit(m_text[1])))
            return number();
        static constexpr std::array<std::string_view, 22> marks{"==", "!=", "<=", ">=", "&&", "||", "<", ">",
                                                                "!",  "?",  ":",  ".",  ",",  "(",  ")", "[",
                                                                "]",  "+",  "-",  "*",  "/",  "%"};
        const auto mark = std::ranges::find_if(marks, [this](auto one) { return m_text.starts_with(one); });
        if (mark == marks.end())
            throw NotUnderstood{fmt::format("the character '{}'", first)};
        m_text.remove_prefix(mark->size());
        return {Token::Kind::Mark, std::string(*mark)};
    }

    Token nameOrRawText()
    {
        const auto end = std::ranges::find_if_not(m_text, isNameRest) - m_text.begin();
        auto name = std::string(m_text.substr(0, static_cast<std::size_t>(end)));
        m_text.remove_prefix(name.size());
        if (m_text.empty() || (m_text.front() != '"' && m_text.front() != '\''))
            return {Token::Kind::Name, std::move(name)};
        if (name != "r" && name != "R")
            throw NotUnderstood{"a literal that begins with " + name};
        return {Token::Kind::Text, quoted(true)};
    }

    Token number()
    {
        std::size_t end = 0;
        bool real = false;
        const bool hexadecimal = m_text.starts_with("0x") || m_text.starts_with("0X");
        if (hexadecimal)
            end = 2;
        while (end < m_text.size()) {
            const char c = m_text[end];
            const bool sign = real && (c == '+' || c == '-') && (m_text[end - 1] == 'e' || m_text[end - 1] == 'E');
            // "1.size()" is a call, "1.5" a number.
            const bool point = c == '.' && !hexadecimal && end + 1 < m_text.size() && isDigit(m_text[end + 1]);
            if (!isNameRest(c) && !point && !sign)
                break;
            real = real || point || (!hexadecimal && (c == 'e' || c == 'E'));
            ++end;
        }
        auto text = std::string(m_text.substr(0, end));
        m_text.remove_prefix(end);
        return {real ? Token::Kind::Real : Token::Kind::Whole, std::move(text)};
    }

    std::string quoted(bool raw)
    {
        std::string quote(1, m_text.front());
        if (const std::string triple(3, m_text.front()); m_text.starts_with(triple))
            quote = triple;
        m_text.remove_prefix(quote.size());
        std::string out;
        while (!m_text.starts_with(quote)) {
            if (m_text.empty() || (quote.size() == 1 && m_text.front() == '\n'))
                throw NotUnderstood{"a text without its end"};
            out += raw || m_text.front() != '\\' ? std::string(1, take()) : escape();
        }
        m_text.remove_prefix(quote.size());
        return out;
    }

    char take()
    {
        const char c = m_text.front();
        m_text.remove_prefix(1);
        return c;
    }

    std::string escape()
    {
        const char meant = m_text.size() > 1 ? escaped(m_text[1]) : '\0';
        // Escapes by number do not occur in the selectors of drivers that were looked at.
        if (meant == '\0')
            throw NotUnderstood{fmt::format("the escape {}", m_text.substr(0, 2))};
        m_text.remove_prefix(2);
        return {meant};
    }

    std::string_view m_text;
};

} // namespace

std::vector<Token> tokens(std::string_view text)
{
    return Lexer(text).run();
}

} // namespace core::cel
