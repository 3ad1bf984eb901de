// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/hole_board.h"

#include <algorithm>

namespace core {

HoleBoard::HoleBoard(const HoleProblem &problem) : m_problem(problem), m_podsOn(problem.nodes.size())
{
    for (const auto &node : problem.nodes)
        m_free.push_back(node.free);
    for (std::size_t pod = 0; pod < problem.pods.size(); ++pod) {
        m_at.push_back(problem.pods[pod].node);
        m_podsOn[problem.pods[pod].node].push_back(pod);
    }
    for (std::size_t node = 0; node < problem.nodes.size(); ++node)
        m_byFree.emplace(m_free[node][0], node);
}

bool HoleBoard::fits(std::size_t pod, std::size_t node) const
{
    const auto home = m_problem.nodes[m_problem.pods[pod].node].kind;
    return m_problem.tolerated[home][m_problem.nodes[node].kind]
        && std::ranges::equal(m_problem.pods[pod].needs, m_free[node], std::ranges::less_equal{});
}

int HoleBoard::movesAtLeast(std::size_t node) const
{
    auto left = missing(node);
    if (left <= 0)
        return 0;
    std::vector<std::int64_t> sizes;
    for (const auto pod : m_podsOn[node])
        sizes.push_back(devices(pod));
    std::ranges::sort(sizes, std::ranges::greater{});
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        left -= sizes[i];
        if (left <= 0)
            return static_cast<int>(i) + 1;
    }
    return never;
}

void HoleBoard::shift(std::size_t node, const Amounts &amounts, int sign)
{
    m_byFree.erase({m_free[node][0], node});
    for (std::size_t i = 0; i < amounts.size(); ++i)
        m_free[node][i] += sign * amounts[i];
    m_byFree.emplace(m_free[node][0], node);
}

void HoleBoard::put(std::size_t pod, std::size_t node)
{
    const auto from = m_at[pod];
    shift(from, m_problem.pods[pod].needs, 1);
    shift(node, m_problem.pods[pod].needs, -1);
    std::erase(m_podsOn[from], pod);
    m_podsOn[node].push_back(pod);
    m_at[pod] = node;
}

void HoleBoard::move(std::size_t pod, std::size_t node)
{
    m_steps.push_back({pod, m_at[pod], node});
    put(pod, node);
}

void HoleBoard::undo()
{
    put(m_steps.back().pod, m_steps.back().from);
    m_steps.pop_back();
}

HoleBoard::Amounts HoleBoard::alike(std::size_t pod) const
{
    auto key = m_problem.pods[pod].needs;
    key.push_back(static_cast<std::int64_t>(m_problem.nodes[m_problem.pods[pod].node].kind));
    return key;
}

HoleBoard::Amounts HoleBoard::roomOf(std::size_t node) const
{
    auto room = m_free[node];
    room.push_back(static_cast<std::int64_t>(m_problem.nodes[node].kind));
    return room;
}

HoleBoard::Amounts HoleBoard::lookOf(std::size_t node) const
{
    std::vector<Amounts> pods;
    for (const auto pod : m_podsOn[node])
        pods.push_back(alike(pod));
    std::ranges::sort(pods);
    auto look = roomOf(node);
    for (const auto &pod : pods)
        look.insert(look.end(), pod.begin(), pod.end());
    return look;
}

} // namespace core
