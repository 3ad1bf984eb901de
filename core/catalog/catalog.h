// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// A GPU product × memory, with its data sheet. Figures a source was not read for are named in `unverified`.
struct Sku {
    std::string id, vendor, name;         ///< vendor: "nvidia", "amd", "intel"
    std::string displayName;              ///< short, for people: "H100 SXM 80 GB"
    std::vector<std::string> labels, aka; ///< exact product label values, alternative printed names
    std::vector<std::string> pciIds;      ///< "10de:2330"
    std::string architecture;             ///< "Hopper", "CDNA3"
    std::string target;                   ///< "9.0", "gfx942"; empty when unknown
    std::string form;
    double memorySize = 0; ///< vendor's figure for the whole card, in memoryUnit
    int devices = 1;       ///< GPUs a node reports for one card: A16 4, MI250X 2 (one a die)
    std::string memoryUnit;
    std::optional<std::int64_t> reportedBytes; ///< what the driver reports; nullopt when not known
    std::optional<double> bandwidthGBs;        ///< decimal GB/s
    std::map<std::string, double> tflops;      ///< dense; a missing key means unsupported or not published
    std::string interconnect;                  ///< "NVLink", "xGMI", "none"
    std::optional<double> interconnectGBs;     ///< both directions
    std::string pcie;                          ///< "5.0 x16"; empty when not known
    std::optional<int> tdpWatts;
    struct PartitionProfile {
        std::string name;
        std::optional<std::int64_t> memoryBytes;
        int maxInstances = 0;
        int size = 0;            ///< memory slices of the card an instance takes; 0 when not known
        std::vector<int> starts; ///< the slices it may start at (nvidia-smi mig -lgipp); empty when not known
    };
    /// An AMD compute mode with a memory mode it may go with: "CPX" and "NPS4" cut a card into `instances`.
    struct PartitionMode {
        std::string compute, memory;
        int instances = 0;
    };
    std::string partitionKind; ///< "MIG", AMD's kind, or empty
    int partitionSlices = 0;   ///< MIG: memory slices of a card; AMD: dies, the instances of CPX; 0 when not known
    std::vector<PartitionProfile> profiles;
    std::vector<PartitionMode> partitionModes; ///< every legal pair; "SPX" is the whole card
    std::string partitionRule;                 ///< AMD: which modes go together, in words
    std::string source, note;
    std::vector<std::string> unverified;

    /// Vendor capacity of one device (memorySize over devices) in bytes. "GB" on a data sheet of memory chips is 2^30
    /// too; what drivers report is up to 7 % less.
    std::int64_t nominalBytes() const;
    /// reportedBytes, else nominalBytes(): an upper estimate of what a process can see.
    std::int64_t usableBytes() const;
    bool supports(std::string_view precision) const; ///< "fp8", "bf16", "fp4", "int8": hardware matrix path listed
};

/// Multi-head latent attention dimensions (DeepSeek family).
struct Mla {
    int kvLoraRank = 0, qkRopeHeadDim = 0, qkNopeHeadDim = 0, vHeadDim = 0, qLoraRank = 0;
};

/// Decoder layers by what they remember. Models with one kind only leave it out.
struct LayerMix {
    int full = 0;      ///< attention over every token
    int sliding = 0;   ///< attention over a window, or over a chunk
    int recurrent = 0; ///< linear attention or Mamba: one state of fixed size
    int total() const { return full + sliding + recurrent; }
    bool operator==(const LayerMix &) const = default;
};

/// The state of one recurrent layer for one request, in elements over all ranks, as vLLM keeps it: the recurrent state
/// at `stateBytes` an element, and the last inputs of a short convolution at the model's 16 bit.
struct RecurrentState {
    std::int64_t elements = 0;     ///< Gated DeltaNet: value heads x key dim x value dim; Mamba: heads x dim x state
    std::int64_t convChannels = 0; ///< Gated DeltaNet: 2 x key heads x key dim + value heads x value dim
    int convKernel = 0;
    int heads = 0, keyDim = 0; ///< Gated DeltaNet: value heads, key dim; Mamba: heads, state size
    int stateBytes = 4;
    bool operator==(const RecurrentState &) const = default;
};

/// Weights by how engines spread them; in elements or bytes, as the owner says. Formulas are in core/sizing.
template <class Number>
struct WeightParts {
    Number embedding{};    ///< V·h; stays 16 bit when quantised; split over ranks
    Number head{};         ///< lm_head; 0 when tied; stays 16 bit; split
    Number attention{};    ///< Q, O, MLA up-projections and linear attention; quantised; split
    Number kvProjection{}; ///< K and V; quantised; split by KV heads, replicated beyond them
    Number replicated{};   ///< MLA down-projections; quantised; whole on every rank
    Number mlp{};          ///< dense and shared-expert MLPs; quantised; split
    Number experts{};      ///< routed experts; quantised; split
    Number small{};        ///< norms, biases, router, sinks, vision tower; 16 bit; whole on every rank

    Number total() const { return embedding + head + attention + kvProjection + replicated + mlp + experts + small; }
    bool operator==(const WeightParts &) const = default;
};

/// The weights of a checkpoint that was read, or whose quantisation its config states.
struct StoredWeights {
    WeightParts<std::int64_t> bytes;
    std::int64_t parameters = 0; ///< elements behind `bytes`; 0 when the file does not say (packed formats)
    std::string format;          ///< for people: "bf16", "int4 (awq, groups of 128)", "Q4_K and Q6_K"
    bool operator==(const StoredWeights &) const = default;
};

/// The architecture of a model, as its config states it.
struct Model {
    std::string id;           ///< "meta-llama/Llama-3.3-70B-Instruct"
    std::string shortName;    ///< "llama-3.3-70b-instruct": last path part, lower case
    std::string architecture; ///< "LlamaForCausalLM"
    std::string kind;  ///< "dense", "moe", or a kind of `other_models` ("embedding encoder", "asr encoder-decoder" ...)
    bool isLlm = true; ///< false for other_models: no KV ledger by layers unless the dims are known
    std::optional<int> layers, hidden, heads, kvHeads, headDim, intermediate, vocab;
    std::optional<int> valueHeadDim; ///< where V is not as wide as K; headDim is K's then
    std::optional<int> experts, expertsPerToken, moeIntermediate, sharedExperts, denseLayers;
    std::optional<int> sharedIntermediate;            ///< of one shared expert that is not as wide as the others
    std::optional<std::int64_t> visionParams;         ///< of towers beside the decoder
    std::optional<std::int64_t> params, activeParams; ///< nullopt when not published
    bool tieEmbeddings = false, qkvBias = false, qkNorm = false;
    std::optional<int> context;       ///< tokens, the config's own limit
    std::optional<int> slidingWindow; ///< tokens
    std::optional<Mla> mla;
    std::optional<LayerMix> layerMix;              ///< as the config lists it; else by the architecture's rule
    std::optional<RecurrentState> recurrent;       ///< of its recurrent layers, if any
    bool gatedAttention = false;                   ///< Q carries a gate of its own size (Qwen3-Next, Qwen3.5)
    std::string nativeWeights = "bf16";            ///< format its publisher ships
    std::optional<StoredWeights> stored;           ///< of an imported model; format "stored" sizes by it
    std::vector<std::string> aka;                  ///< other ids with the same architecture
    std::optional<std::int64_t> kvBytesPerToken16; ///< at 16 bit over all ranks, where published
    std::optional<double> checkpointGiB;
    std::string source, note;
    std::vector<std::string> unverified;
};

/// SKUs and models, read once from YAML at start; immutable afterwards.
struct Catalog {
    std::vector<Sku> skus;
    std::vector<Model> models;
    std::map<std::string, std::string> skuSources; ///< what the codes in Sku::source stand for

    /// The sources a SKU's figures come from, each "CODE: where it is".
    std::vector<std::string> sourcesOf(const Sku &sku) const;

    const Sku *findSku(std::string_view id) const;
    /// By product label, e.g. "NVIDIA-H100-80GB-HBM3"; "NVIDIA-" prefix and alternative names are equal.
    const Sku *findByProduct(std::string_view vendor, std::string_view productLabel) const;
    /// By PCI id "1002:74a1", lower case.
    const Sku *findByPciId(std::string_view pciId) const;
    /// By id, short name or another name, ignoring case. nullptr when unknown.
    const Model *findModel(std::string_view idOrShortName) const;
    /// Up to `most` short names that share a word or a piece of one with what was typed, the likeliest first.
    std::vector<std::string> modelsLike(std::string_view typed, std::size_t most = 3) const;
};

/// Reads skus.yaml and models.yaml from `folder`. A broken file is an error that names file, line and field.
Result<Catalog> loadCatalog(const std::filesystem::path &folder);

} // namespace core
