// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/expected_share.h"
#include "core/probe_report/probe_result.h"

#include <functional>
#include <map>

namespace core {

/// Worse is later, but for NoReference: measured and right, and nothing to compare the speed with.
enum class ProbeVerdict { Pass, NoReference, Warn, Inconclusive, Fail };

/// "pass", "no reference", "warn", "inconclusive", "fail".
const char *word(ProbeVerdict verdict);

/// What a figure is compared with, the most certain first.
enum class ReferenceKind { None, Fleet, Peers, Sheet };
struct ProbeReference {
    ReferenceKind kind = ReferenceKind::None;
    double value = 0;      ///< in the figure's unit
    std::size_t cards = 0; ///< Fleet and Peers: how many other or all cards it comes from
    std::size_t runs = 0;  ///< Fleet
    std::string source;    ///< Sheet: where the expected share comes from
    bool operator==(const ProbeReference &) const = default;
};

/// One figure beside what it should be.
struct FigureVerdict {
    std::string metric, unit, counts; ///< "membw.triad", "GB/s", the counting rule
    double measured = 0;
    std::optional<double> other; ///< the second look at a figure that failed: later in the same run, or the run before
    int strikes = 0;             ///< how many looks failed; 1 is a warning until it was looked at again
    ProbeReference reference;
    std::optional<double> sheet; ///< what the data sheet promises, in the same unit; not what healthy cards reach
    std::optional<double> ratio; ///< measured over reference, inverted for times: less is worse
    ProbeVerdict verdict = ProbeVerdict::NoReference;
    bool judged = false; ///< false: shown only (latency, clock), or nothing to compare with
    bool operator==(const FigureVerdict &) const = default;
};

/// The value that a figure fails below or, where less is better, above; absent when it is not judged or cannot fail.
std::optional<double> failsAt(const FigureVerdict &figure);

/// What a verdict rests on, for programs; plainWords() says it to people.
enum class FindingCode {
    WrongData,    ///< text: pattern, unit, place; numbers: wrong, byte
    DriverError,  ///< text: name and what; the card's or its driver's fault
    Hang,         ///< the driver did not answer
    Slow,         ///< ratio below fail in two runs
    SlowOnce,     ///< ratio below fail, once so far
    SlowPath,     ///< ratio between fail and pass
    LinkNarrow,   ///< PCIe lanes missing; link
    LinkSlow,     ///< PCIe generation below what both ends can, and the copy shows it; link
    Throttled,    ///< hardware thermal or power brake in more than 5 % of the samples of a load
    SlowUnit,     ///< one SM or CU far below the median clock
    MissingUnits, ///< fewer units answered than the driver states
    EccErrors,    ///< uncorrectable errors counted before the run; numbers: value
    EccCorrected, ///< errors that ECC corrected during the run; numbers: value
    HostSlow,     ///< launches take long: never the card's fault
    Busy,         ///< other processes computed on it; numbers: value = how many
    PowerLimited, ///< the limit is below the usual one; numbers: value, expected
    Unsteady,     ///< a figure's repetitions vary by more than 5 %
    NotMeasured,  ///< why nothing can be said: text
    Stopped,      ///< ended by a signal before it was done
    Unfinished    ///< the report ends before the card was done
};
struct ProbeFinding {
    FindingCode code{};
    ProbeVerdict severity{};
    std::string metric, text;
    double value = 0, expected = 0; ///< in `unit`
    std::string unit;
    std::optional<ProbeLink> link;
    ReferenceKind reference = ReferenceKind::None;
    std::int64_t time = 0; ///< of the run it is from, when that is not the card's last one
    bool operator==(const ProbeFinding &) const = default;
};

/// A card judged by one run.
struct CardVerdict {
    std::string card, host; ///< cardOf()
    BaselineKey baseline;
    ProbeResult result;
    ProbeVerdict verdict = ProbeVerdict::NoReference;
    std::vector<FigureVerdict> figures; ///< in the result's order
    std::vector<ProbeFinding> findings; ///< worst first
    /// Slowest of its compared memory and arithmetic figures over their references, 0.5 … 1; absent when none was.
    std::optional<double> speed;
};

/// Judges results against each other. Made once from all that is known; pure, any thread.
///
/// A figure's reference is the fleet's median (same BaselineKey, at least 8 cards, or at least 20 runs of fewer), else
/// the best other card of the same host within 24 hours, else data sheet × expected share, else there is none and the
/// figure is only shown. Results that are inconclusive or hold wrong data are no part of any reference.
/// One strike for wrong data, driver errors and hangs; two for speed: a figure below `fail` counts when the run before
/// it (same card, baseline and driver, within 24 hours) or a second figure of the same run was below too.
class ProbeJudge {
public:
    /// Keeps references to catalogue and shares.
    ProbeJudge(const Catalog &catalog, const ExpectedShares &shares, const std::vector<ProbeResult> &known);

    ProbeJudge(const ProbeJudge &) = delete;
    ProbeJudge &operator=(const ProbeJudge &) = delete;

    /// `result` need not be among the known ones.
    CardVerdict judge(const ProbeResult &result) const;
    /// The newest result of each card judged; by host, then card. Wrong data and driver errors of earlier runs stay
    /// until the same thing was measured again and was right: a run of other probes does not clear them. Results for
    /// which `isVoid` holds are left out.
    std::vector<CardVerdict> newestVerdicts(const std::function<bool(const ProbeResult &)> &isVoid = {}) const;

private:
    struct Known {
        ProbeResult result;
        std::string card;
        BaselineKey key;
        bool usable = false; ///< may be part of a reference
    };
    void addFleet(const BaselineKey &key, const std::vector<const Known *> &members);
    void addPowerLimit(const BaselineKey &key, const std::vector<const Known *> &members);
    ProbeReference fleet(const Known &of, const std::string &metric) const;
    ProbeReference peers(const Known &of, const ProbeMetric &metric) const;
    std::optional<double> usualPowerLimit(const Known &of) const; ///< median over at least three cards of the kind
    const Known *runBefore(const Known &of) const;
    ProbeReference reference(const Known &of, const ProbeMetric &metric,
                             const std::optional<SheetReference> &sheet) const;
    struct SecondLook;
    std::optional<SecondLook> secondLook(const Known &of, const ProbeMetric &metric) const;
    void judgeSpeed(const Known &of, const ProbeMetric &metric, FigureVerdict &out) const;
    FigureVerdict figure(const Known &of, const ProbeMetric &metric) const;
    static ProbeFinding speedFinding(const ProbeMetric &metric, const FigureVerdict &figure);
    void judgeFigures(const Known &of, bool limited, CardVerdict &out) const;

    const Catalog &m_catalog;
    const ExpectedShares &m_shares;
    std::vector<Known> m_known; ///< by time; what follows points into it
    std::map<BaselineKey, std::map<std::string, ProbeReference>> m_fleet;
    std::map<BaselineKey, double> m_powerLimit;
    std::map<std::string, std::vector<const Known *>> m_byCard;
    std::map<std::pair<std::string, BaselineKey>, std::vector<const Known *>> m_byHost;
};

/// Weight of a result of that age: 1 up to 24 hours, falling evenly to 0 at 72 hours.
double resultWeight(std::int64_t time, std::int64_t now);

} // namespace core
