// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core {

/// Amounts by resource name, ordered by it: the part of std::map that they need. A node or pod names five to ten
/// resources and every verdict asks for some of them on every node, so they lie side by side and are looked through,
/// where the nodes of a tree would lie all over the memory.
template <class Amount>
class AmountsOf {
public:
    using key_type = std::string; // with mapped_type: a JSON object, not a list of pairs
    using mapped_type = Amount;
    using value_type = std::pair<key_type, mapped_type>;
    using iterator = std::vector<value_type>::iterator;
    using const_iterator = std::vector<value_type>::const_iterator;

    AmountsOf() = default;
    /// Of two amounts under one name the first counts.
    AmountsOf(std::initializer_list<value_type> amounts)
    {
        for (const auto &[name, amount] : amounts)
            try_emplace(name, amount);
    }

    iterator begin() { return m_amounts.begin(); }
    iterator end() { return m_amounts.end(); }
    const_iterator begin() const { return m_amounts.begin(); }
    const_iterator end() const { return m_amounts.end(); }
    std::size_t size() const { return m_amounts.size(); }
    bool empty() const { return m_amounts.empty(); }

    iterator find(std::string_view name) { return std::ranges::find(m_amounts, name, &value_type::first); }
    const_iterator find(std::string_view name) const { return std::ranges::find(m_amounts, name, &value_type::first); }
    bool contains(std::string_view name) const { return find(name) != end(); }

    /// Amount{} when it was not named yet.
    Amount &operator[](std::string_view name) { return place(name)->second; }
    /// Leaves what is named already; whether it is new.
    std::pair<iterator, bool> try_emplace(std::string_view name, Amount amount)
    {
        const auto count = size();
        const auto at = place(name);
        const bool isNew = size() > count;
        if (isNew)
            at->second = std::move(amount);
        return {at, isNew};
    }
    void insert_or_assign(std::string_view name, Amount amount) { place(name)->second = std::move(amount); }
    void erase(std::string_view name)
    {
        eraseIf([name](const value_type &one) { return one.first == name; });
    }
    template <class Predicate>
    void eraseIf(Predicate isUnwanted)
    {
        std::erase_if(m_amounts, isUnwanted);
    }

    bool operator==(const AmountsOf &) const = default;

private:
    /// Where the name is, or is put.
    iterator place(std::string_view name)
    {
        const auto at = std::ranges::lower_bound(m_amounts, name, {}, &value_type::first);
        return at != m_amounts.end() && at->first == name ? at : m_amounts.emplace(at, name, Amount{});
    }

    std::vector<value_type> m_amounts; ///< by name
};

} // namespace core
