// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/tensor_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <initializer_list>

namespace core {

namespace {

using Parts = WeightParts<std::int64_t>;

struct Rule {
    std::initializer_list<std::string_view> words;
    std::int64_t Parts::*part;
};

/// Hugging Face names and GGUF's; the first rule with a word in the name counts.
std::int64_t Parts::*partOf(std::string_view name)
{
    static const std::initializer_list<Rule> rules{
        {{"vision", "visual", "vit.", "mm_projector", "multi_modal", "audio_tower"}, &Parts::small},
        {{"shared_expert", "shexp"}, &Parts::mlp},
        {{".experts.", "_exps", "experts_"}, &Parts::experts},
        {{"norm", "ln_", ".bias", "router", "gate_inp", "mlp.gate.", "rope", "sinks"}, &Parts::small},
        {{"embed_tokens", "token_embd", "word_embeddings", "tok_embeddings", "wte", "shared.weight"},
         &Parts::embedding},
        {{"lm_head", "embed_out"}, &Parts::head},
        {{"kv_a_proj", "q_a_proj", "attn_kv_a", "attn_q_a", "fused_qkv_a"}, &Parts::replicated},
        {{"k_proj", "v_proj", "attn_k.", "attn_v.", ".wk.", ".wv."}, &Parts::kvProjection},
        {{"attn", "attention", "q_proj", "o_proj", "qkv", "ssm", "mamba", "mixer", "linear_attn"}, &Parts::attention},
        {{"mlp", "ffn", "feed_forward", "gate_proj", "up_proj", "down_proj", "fc"}, &Parts::mlp}};
    if (name == "output.weight" || name.starts_with("output.weight."))
        return &Parts::head;
    for (const auto &rule : rules)
        if (std::ranges::any_of(rule.words, [name](auto word) { return name.contains(word); }))
            return rule.part;
    return &Parts::mlp;
}

} // namespace

void TensorTable::add(std::string_view name, std::string_view type, std::int64_t bytes, std::int64_t elements)
{
    // A crafted file can claim more than a number holds: sums stay at the bound.
    bytes = std::min(bytes, mostTensorBytes - m_parts.total());
    elements = std::min(elements, mostTensorBytes - m_elements);
    m_parts.*partOf(name) += bytes;
    const auto found = m_byType.find(type);
    if (found == m_byType.end())
        m_byType.emplace(std::string(type), bytes);
    else
        found->second += bytes;
    ++m_tensors;
    m_elements += elements;
    m_packed = m_packed || elements == 0;
}

bool TensorTable::add(const TensorTable &other)
{
    if (other.bytes() > mostTensorBytes - bytes())
        return false;
    for (auto part : {&Parts::embedding, &Parts::head, &Parts::attention, &Parts::kvProjection, &Parts::replicated,
                      &Parts::mlp, &Parts::experts, &Parts::small})
        m_parts.*part += other.m_parts.*part;
    for (const auto &[type, bytes] : other.m_byType)
        m_byType[type] += bytes;
    m_tensors += other.m_tensors;
    m_elements = std::min(m_elements + other.m_elements, mostTensorBytes);
    m_packed = m_packed || other.m_packed;
    return true;
}

StoredWeights TensorTable::stored() const
{
    std::vector<std::pair<std::int64_t, std::string>> types;
    for (const auto &[type, bytes] : m_byType)
        if (bytes * 100 >= m_parts.total()) // what is less than 1 % is norms and scales
            types.emplace_back(bytes, type);
    std::ranges::sort(types, std::greater());
    std::vector<std::string> names;
    names.reserve(types.size());
    for (const auto &[bytes, type] : types)
        names.push_back(type);
    return {m_parts, m_packed ? 0 : m_elements, fmt::format("{}", fmt::join(names, ", "))};
}

std::int64_t elementsOf(const std::vector<std::int64_t> &shape)
{
    std::int64_t product = 1;
    for (const auto side : shape)
        if (side < 0 || __builtin_mul_overflow(product, side, &product) || product > mostTensorBytes)
            return -1;
    return product;
}

std::string overlapping(std::vector<Extent> &extents)
{
    std::ranges::sort(extents, {}, &Extent::begin);
    for (std::size_t i = 1; i < extents.size(); ++i)
        if (extents[i].begin < extents[i - 1].end)
            return fmt::format("{} and {}", extents[i - 1].name, extents[i].name);
    return {};
}

} // namespace core
