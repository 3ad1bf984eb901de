// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/cel/syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <ranges>
#include <span>

namespace core::cel {

namespace {

using Kind = Node::Kind;

/// Deeper trees are refused: no selector that a person writes is that deep, and recursion stays small.
constexpr int deepest = 64;

class Parser {
public:
    explicit Parser(std::vector<Token> tokens) : m_tokens(std::move(tokens)) {}

    Node run()
    {
        auto node = expression();
        if (here().kind != Token::Kind::End)
            refuse();
        return node;
    }

private:
    const Token &here() const { return m_tokens[m_at]; }
    bool isMark(std::string_view mark) const { return here().kind == Token::Kind::Mark && here().text == mark; }
    bool take(std::string_view mark)
    {
        const bool there = isMark(mark);
        m_at += there ? 1 : 0;
        return there;
    }
    void expect(std::string_view mark)
    {
        if (!take(mark))
            refuse();
    }
    [[noreturn]] void refuse() const
    {
        throw NotUnderstood{here().kind == Token::Kind::End ? "an expression without its end"
                                                            : fmt::format("\"{:.40}\" where it stands", here().text)};
    }

    static Node make(Kind kind, std::string name, std::vector<Node> children)
    {
        int height = 0;
        for (const auto &child : children)
            height = std::max(height, child.height);
        if (height >= deepest)
            throw NotUnderstood{fmt::format("an expression deeper than {}", deepest)};
        return {kind, std::move(name), {}, std::move(children), height + 1};
    }

    Node expression()
    {
        if (++m_depth > deepest)
            throw NotUnderstood{fmt::format("an expression deeper than {}", deepest)};
        auto node = chain(Kind::Or, "||", &Parser::conjunction);
        if (take("?")) {
            auto yes = chain(Kind::Or, "||", &Parser::conjunction);
            expect(":");
            auto no = expression();
            node = make(Kind::Choice, "?", {std::move(node), std::move(yes), std::move(no)});
        }
        --m_depth;
        return node;
    }

    Node conjunction() { return chain(Kind::And, "&&", &Parser::relation); }

    /// One node for "a || b || c", so that long lists do not grow deep.
    Node chain(Kind kind, const char *mark, Node (Parser::*part)())
    {
        auto first = (this->*part)();
        if (!isMark(mark))
            return first;
        std::vector<Node> parts{std::move(first)};
        while (take(mark))
            parts.push_back((this->*part)());
        return make(kind, mark, std::move(parts));
    }

    std::optional<std::string> takeOneOf(std::span<const std::string_view> marks)
    {
        const bool isIn = here().kind == Token::Kind::Name && here().text == "in";
        if (here().kind != Token::Kind::Mark && !isIn)
            return std::nullopt;
        if (std::ranges::find(marks, here().text) == marks.end())
            return std::nullopt;
        return m_tokens[m_at++].text;
    }

    Node binary(std::span<const std::string_view> marks, Node (Parser::*part)())
    {
        auto node = (this->*part)();
        while (auto mark = takeOneOf(marks)) {
            auto right = (this->*part)();
            node = make(Kind::Operator, std::move(*mark), {std::move(node), std::move(right)});
        }
        return node;
    }

    Node relation()
    {
        static constexpr std::array<std::string_view, 7> marks{"==", "!=", "<", "<=", ">", ">=", "in"};
        return binary(marks, &Parser::sum);
    }
    Node sum()
    {
        static constexpr std::array<std::string_view, 2> marks{"+", "-"};
        return binary(marks, &Parser::product);
    }
    Node product()
    {
        static constexpr std::array<std::string_view, 3> marks{"*", "/", "%"};
        return binary(marks, &Parser::unary);
    }

    Node unary()
    {
        std::vector<std::string> signs;
        while (isMark("!") || isMark("-"))
            signs.push_back(m_tokens[m_at++].text);
        // -9223372036854775808 is a literal of its own: without the sign it does not fit.
        const bool negative = !signs.empty() && signs.back() == "-" && isNumber();
        if (negative)
            signs.pop_back();
        auto node = member(negative);
        for (const auto &sign : std::views::reverse(signs))
            node = make(Kind::Operator, sign, one(std::move(node)));
        return node;
    }

    bool isNumber() const { return here().kind == Token::Kind::Whole || here().kind == Token::Kind::Real; }

    static std::vector<Node> one(Node node)
    {
        std::vector<Node> out;
        out.push_back(std::move(node));
        return out;
    }

    Node member(bool negative)
    {
        auto node = primary(negative);
        while (true) {
            if (take("[")) {
                auto index = expression();
                expect("]");
                node = make(Kind::Index, "[]", {std::move(node), std::move(index)});
            } else if (take(".")) {
                node = fieldOrCall(std::move(node));
            } else {
                return node;
            }
        }
    }

    Node fieldOrCall(Node on)
    {
        if (here().kind != Token::Kind::Name)
            refuse();
        auto name = m_tokens[m_at++].text;
        if (!take("("))
            return make(Kind::Field, std::move(name), one(std::move(on)));
        auto children = listed(")");
        if (on.kind == Kind::Variable && on.name == "cel" && name == "bind")
            return bound(std::move(children));
        static constexpr std::array<std::string_view, 6> loops{"all", "exists", "exists_one",
                                                               "map", "filter", "existsOne"};
        if (std::ranges::find(loops, name) != loops.end())
            throw NotUnderstood{"the macro " + name + "()"};
        children.insert(children.begin(), std::move(on));
        return make(Kind::Method, std::move(name), std::move(children));
    }

    static Node bound(std::vector<Node> children)
    {
        if (children.size() != 3 || children.front().kind != Kind::Variable)
            throw NotUnderstood{"cel.bind() without a variable, a value and an expression"};
        auto name = children.front().name;
        children.erase(children.begin());
        return make(Kind::Bind, std::move(name), std::move(children));
    }

    std::vector<Node> listed(std::string_view end)
    {
        std::vector<Node> out;
        while (!take(end)) {
            if (!out.empty())
                expect(",");
            if (take(end)) // "[a, b,]"
                break;
            out.push_back(expression());
        }
        return out;
    }

    Node primary(bool negative)
    {
        if (take("(")) {
            auto node = expression();
            expect(")");
            return node;
        }
        if (take("["))
            return make(Kind::Sequence, "[]", listed("]"));
        if (here().kind == Token::Kind::Name)
            return nameOrCall();
        if (here().kind == Token::Kind::End || here().kind == Token::Kind::Mark)
            refuse();
        const auto token = m_tokens[m_at++];
        return {Kind::Literal, token.text, literal(token, negative), {}, 1};
    }

    Node nameOrCall()
    {
        auto name = m_tokens[m_at++].text;
        if (name == "true" || name == "false")
            return {Kind::Literal, name, {name == "true"}, {}, 1};
        if (name == "null")
            return {Kind::Literal, name, {Null{}}, {}, 1};
        if (!take("("))
            return {Kind::Variable, std::move(name), {}, {}, 1};
        auto children = listed(")");
        if (name != "has")
            return make(Kind::Function, std::move(name), std::move(children));
        if (children.size() != 1 || children.front().kind != Kind::Field)
            throw NotUnderstood{"has() of something that is no field"};
        auto field = std::move(children.front());
        return make(Kind::Has, field.name, std::move(field.children));
    }

    static Value literal(const Token &token, bool negative)
    {
        if (token.kind == Token::Kind::Text)
            return {token.text};
        auto digits = (negative ? "-" : "") + token.text;
        const bool hexadecimal = token.text.starts_with("0x") || token.text.starts_with("0X");
        if (hexadecimal)
            digits.erase(negative ? 1 : 0, 2);
        const char *begin = digits.data(), *end = begin + digits.size();
        if (token.kind == Token::Kind::Whole) {
            std::int64_t number = 0;
            const auto [stop, error] = std::from_chars(begin, end, number, hexadecimal ? 16 : 10);
            if (error == std::errc() && stop == end)
                return {number};
        } else {
            double number = 0;
            const auto [stop, error] = std::from_chars(begin, end, number);
            if (error == std::errc() && stop == end)
                return {number};
        }
        throw NotUnderstood{fmt::format("the number {:.40}", token.text)};
    }

    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    int m_depth = 0;
};

} // namespace

Node parse(std::string_view text)
{
    return Parser(tokens(text)).run();
}

} // namespace core::cel
