// SPDX-License-Identifier: GPL-3.0-or-later
// berth-scheduler-differential KUBECONFIG SEED PODS: asks the real kube-scheduler of an otherwise empty cluster and
// core::evaluatePod the same questions, one a (pod, node), and prints where they disagree. Exit 1 when they do.
#include "tests/differential/control_plane.h"

#include "app/cluster_reader.h"
#include "core/fit/scheduling_links.h"
#include "core/inventory/dra_json.h"
#include "core/kube/kubeconfig.h"

#include <fmt/format.h>

#include <algorithm>

using namespace differential;
using nlohmann::json;

namespace {

struct Tally {
    int cases = 0, bound = 0, withClaims = 0, boundWithClaims = 0, unknown = 0, disagreements = 0, refusedPods = 0;
};

/// What Berth says of the cluster as it is now: controllers may still taint nodes and evict pods. It is asked about
/// templates of the claims' specs, since nothing of the copies is there yet.
std::vector<core::Candidate> judge(core::KubeClient &client, const Question &question)
{
    app::ReadOptions options;
    options.podRules = true;
    options.workloads = false;
    auto snapshot = *need(app::readCluster(client, {}, options));
    auto pod = question.pod;
    auto resources = *snapshot.dra;
    for (std::size_t i = 0; i < question.claims.size(); ++i) {
        const auto name = fmt::format("t{}", i);
        const json made{{"metadata", {{"name", name}, {"namespace", "default"}}},
                        {"spec", {{"spec", question.claims[i]}}}};
        resources.templates.push_back(need(core::parseDraObject<core::dra::ClaimTemplate>(made.dump())));
        pod["spec"]["resourceClaims"].push_back({{"name", name}, {"resourceClaimTemplateName", name}});
    }
    snapshot.dra = std::make_shared<core::dra::Resources>(std::move(resources));
    return need(core::evaluatePod(snapshot, core::account(snapshot), pod));
}

bool disagrees(const core::Candidate &candidate, bool bound)
{
    const bool fits = candidate.verdict == core::Verdict::Fits || candidate.verdict == core::Verdict::Tight;
    return candidate.verdict != core::Verdict::Unknown && fits != bound;
}

void compare(const Question &question, const Decisions &said, const std::vector<core::Candidate> &judged, Tally &tally)
{
    for (const auto &candidate : judged) {
        const bool bound = said.at(candidate.node);
        ++tally.cases;
        tally.bound += bound ? 1 : 0;
        if (!question.claims.empty()) {
            ++tally.withClaims;
            tally.boundWithClaims += bound ? 1 : 0;
        }
        tally.unknown += candidate.verdict == core::Verdict::Unknown ? 1 : 0;
        if (!disagrees(candidate, bound))
            continue;
        ++tally.disagreements;
        fmt::print("DISAGREE {}: the scheduler {} it, Berth says {} ({})\n  {}\n  {}\n", candidate.node,
                   bound ? "bound" : "refused", bound ? "no" : "fits", candidate.headline().detail, question.pod.dump(),
                   question.claims.dump());
    }
}

bool anyDisagrees(const std::vector<core::Candidate> &judged, const Decisions &said)
{
    return std::ranges::any_of(judged, [&said](const auto &one) { return disagrees(one, said.at(one.node)); });
}

/// Every third pod claims devices. Most of those ask for nothing else: it would keep them off many nodes anyway.
Question randomQuestion(RandomCluster &random, RandomDevices &devices, int index)
{
    Question question{random.pod()};
    if (index % 3 != 0)
        return question;
    for (auto count = 1 + index % 2; count > 0; --count)
        question.claims.push_back(devices.claim());
    if (index % 4 != 0)
        question.pod["spec"] = {{"containers", json::array({{{"name", "c"}, {"image", "none"}}})},
                                {"tolerations", json::array({{{"operator", "Exists"}}})}};
    return question;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4) {
        fmt::print(stderr, "usage: berth-scheduler-differential KUBECONFIG SEED PODS\n");
        return 2;
    }
    const auto seed = std::stoull(argv[2]);
    const auto config = need(core::loadKubeconfig({argv[1]}, true));
    ControlPlane plane(need(core::clusterAccess(config, "")));
    core::KubeClient client(core::makeCurlClient(), need(core::clusterAccess(config, "")));
    RandomCluster random(seed);
    RandomDevices devices(seed);
    plane.fill(random, devices);
    Tally tally;
    for (int i = 0; i < std::stoi(argv[3]); ++i) {
        const auto question = randomQuestion(random, devices, i);
        auto judged = judge(client, question);
        auto said = plane.ask(question);
        if (!said) {
            ++tally.refusedPods;
            continue;
        }
        // The cluster may have changed in between, and the scheduler's caches follow a moment later: what both say
        // twice counts.
        if (anyDisagrees(judged, *said)) {
            judged = judge(client, question);
            said = plane.ask(question);
        }
        if (said)
            compare(question, *said, judged, tally);
    }
    fmt::print("seed {}: {} cases, {} bound; {} of them with device claims, {} bound; {} unknown to Berth; "
               "{} disagreements; {} pods were refused by the API server\n",
               seed, tally.cases, tally.bound, tally.withClaims, tally.boundWithClaims, tally.unknown,
               tally.disagreements, tally.refusedPods);
    return tally.disagreements == 0 && tally.cases > 0 ? 0 : 1;
}
