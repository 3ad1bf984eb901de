// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/program.h"

#include "app/ctl/bench_mix.h"
#include "app/ctl/bench_place.h"
#include "app/ctl/bench_plan.h"
#include "app/ctl/commands.h"
#include "app/ctl/completion.h"
#include "app/ctl/output.h"
#include "app/ctl/probe_commands.h"
#include "app/ctl/size_command.h"
#include "app/ctl/validators.h"
#include "app/resource_paths.h"
#include "core/placement/auto_place.h"

#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <functional>

namespace app::ctl {

namespace {

/// What the command line is parsed into, and the command it chose.
struct Parsed {
    GlobalOptions global;
    std::string kubeconfig;
    FitOptions fit;
    EstimateOptions estimate;
    SizeOptions size;
    CalibrateOptions calibrate;
    std::string podFile, dryRun, shell;
    PlanOptions plan;
    ShapesOptions shapes;
    PartitionOptions partition;
    CompareOptions compare;
    OptimiseOptions optimise;
    BenchPlanOptions benchPlan;
    std::filesystem::path mixCases;
    PlaceOptions place;
    DrainOptions drain;
    std::function<Answer()> command;
};

void addGlobal(CLI::App &program, Parsed &parsed)
{
    program.add_option("--kubeconfig", parsed.kubeconfig,
                       "kubeconfig file (default: $KUBECONFIG, then ~/.kube/config)");
    program.add_option("--context", parsed.global.context, "kubeconfig context (default: the current one)");
    program.add_flag("--demo", parsed.global.demo, "use the built-in demo cluster");
    program.add_option("--log-level", parsed.global.logLevel, "what the log in the XDG state folder keeps")
        ->check(CLI::IsMember(std::vector<std::string>(logLevels.begin(), logLevels.end())));
    const std::map<std::string, Format> formats{
        {"table", Format::Table}, {"json", Format::Json}, {"yaml", Format::Yaml}};
    program.add_option("-o,--output", parsed.global.format, "table, json or yaml")
        ->transform(CLI::Transformer(formats))
        ->type_name("FORMAT");
}

/// `contextName`: "--context" also names the kubeconfig's context where a command speaks to a cluster.
void addRequirement(CLI::App &command, core::Requirement &wanted, const std::string &contextName)
{
    command.add_option(contextName, wanted.context, "tokens of one request, prompt and answer")->check(aboveZero());
    command.add_option("--concurrency", wanted.concurrency, "requests at once on one replica")->check(aboveZero());
    command.add_option("--weights", wanted.weights, "fp32 bf16 fp16 fp8 int8 int4 nvfp4 mxfp4");
    command.add_option("--kv", wanted.kvCache, "auto or fp8");
}

void addFit(CLI::App &program, Parsed &parsed)
{
    auto *fit = program.add_subcommand("fit", "say which GPUs can take a model, and why the others cannot");
    auto &wanted = parsed.fit.requirement;
    fit->add_option("model", wanted.modelId, "id or short name in the catalogue");
    addRequirement(*fit, wanted, "--context-length");
    fit->add_option("--tp", wanted.tensorParallel, "GPUs of one node a replica is spread over")->check(aboveZero());
    fit->add_option("--min-tokens-per-second", wanted.minTokensPerSecond, "target: answer tokens of one replica")
        ->check(aboveZero());
    fit->add_option("--max-first-token", wanted.maxFirstTokenSeconds, "target: seconds to the first token")
        ->check(aboveZero());
    fit->add_option("--max-cost-per-million", wanted.maxCostPerMillionTokens,
                    "target: price of a million answer tokens")
        ->check(aboveZero());
    fit->add_option("--pod", parsed.podFile, "judge the pod (or pod template) in this file instead of a model");
    fit->callback([&parsed] {
        parsed.command = [&parsed]() -> Answer {
            if (parsed.podFile.empty() == parsed.fit.requirement.modelId.empty())
                return core::fail(core::ErrorKind::Usage, "name a model, or a pod file with --pod");
            if (!parsed.podFile.empty())
                parsed.fit.pod = parsed.podFile;
            return runFit(parsed.global, parsed.fit);
        };
    });
}

CLI::App *addEstimateCommand(CLI::App &program, Parsed &parsed, const std::string &name, const std::string &help,
                             Answer (*run)(const GlobalOptions &, const EstimateOptions &))
{
    auto &options = parsed.estimate;
    auto *command = program.add_subcommand(name, help);
    command->add_option("model", options.requirement.modelId, "id or short name in the catalogue")->required();
    command->add_option("--sku", options.skus, "id of the catalogue (default: every SKU)");
    command->add_option("--tp", options.tensorParallel, "GPUs of one replica (default: the fewest that fit)")
        ->check(aboveZero());
    addRequirement(*command, options.requirement, "--context,--context-length");
    command->callback(
        [&parsed, run] { parsed.command = [&parsed, run] { return run(parsed.global, parsed.estimate); }; });
    return command;
}

void addEstimates(CLI::App &program, Parsed &parsed)
{
    auto *estimate = addEstimateCommand(program, parsed, "estimate",
                                        "estimate speed, cost and power of a model on SKUs", runEstimate);
    estimate->add_option("--prompt", parsed.estimate.prompt, "tokens of the prompt (default: half of the context)")
        ->check(aboveZero());
    estimate->add_option("--probe", parsed.estimate.probe, "report of berth-probe to take the rates of the SKU from");
    addEstimateCommand(program, parsed, "opinions", "compare Berth's answer with those of other estimators",
                       runOpinions);
    auto &learnt = parsed.calibrate;
    auto *calibrate = program.add_subcommand("calibrate", "learn a model's memory from a start-up log of vLLM");
    calibrate->add_option("log", learnt.log, "log from the start up to \"Application startup complete\"");
    calibrate->add_option("--pod", learnt.pod, "NAMESPACE/NAME of a pod whose log is read instead");
    calibrate->add_option("-c,--container", learnt.container, "of that pod (default: its only one)");
    calibrate->add_option("--model", learnt.model, "id or short name in the catalogue");
    calibrate->add_option("--sku", learnt.sku, "id of the GPU in the catalogue");
    calibrate->add_option("--engine-version", learnt.facts.engineVersion, "when the log does not name it");
    calibrate->add_option("--weights", learnt.facts.weights, "format of the weights, when their size does not tell");
    calibrate->add_flag("--list", learnt.list, "show what was learnt");
    calibrate->add_option("--remove", learnt.remove, "forget the calibration with this id");
    calibrate->callback(
        [&parsed] { parsed.command = [&parsed] { return runCalibrate(parsed.global, parsed.calibrate); }; });
}

void addSizing(CLI::App &program, Parsed &parsed)
{
    auto *size = addSize(program, parsed.size);
    size->callback([&parsed, size] {
        parsed.size.weightsGiven = size->count("--weights") > 0;
        parsed.size.kvGiven = size->count("--kv") > 0;
        parsed.size.contextGiven = size->count("--context") > 0;
        parsed.command = [&parsed] { return runSize(parsed.global, parsed.size); };
    });
}

void addPlace(CLI::App &program, Parsed &parsed)
{
    auto *place = program.add_subcommand("place", "name the best place for a model, and what it was chosen over");
    auto &wanted = parsed.place.requirement;
    place->add_option("model", wanted.modelId, "id or short name in the catalogue")->required();
    addRequirement(*place, wanted, "--context-length");
    place->add_option("--tp", wanted.tensorParallel, "GPUs of one node a replica is spread over")->check(aboveZero());
    place->add_option("--replicas", wanted.replicas, "how many, each on top of the others")->check(aboveZero());
    place->add_option("--objective", parsed.place.objective, "what the place is to be best at")
        ->check(CLI::IsMember(core::objectiveNames()));
    place->add_option("--keep-free", parsed.place.keepFree, "SKU to leave alone; may be given more than once")
        ->allow_extra_args(false);
    place->add_option("--plan", parsed.place.plan, "plan file whose placements count as taken");
    place->callback([&parsed] { parsed.command = [&parsed] { return runPlace(parsed.global, parsed.place); }; });
    auto *whatIf = program.add_subcommand("what-if", "say what a change would do, without doing it");
    whatIf->require_subcommand(1);
    auto *drain = whatIf->add_subcommand("drain", "which pods and placements would go where if a node were drained");
    drain->add_option("node", parsed.drain.node, "name of the node")->required();
    drain->add_option("--plan", parsed.drain.plan, "plan file whose placements move too");
    drain->callback([&parsed] { parsed.command = [&parsed] { return runWhatIfDrain(parsed.global, parsed.drain); }; });
}

CLI::App *addPlanCommand(CLI::App &program, Parsed &parsed, const std::string &name, const std::string &help,
                         Answer (*run)(const GlobalOptions &, const PlanOptions &))
{
    auto *command = program.add_subcommand(name, help);
    command->add_option("plan", parsed.plan.file, "plan file")->required();
    command->callback([&parsed, run] { parsed.command = [&parsed, run] { return run(parsed.global, parsed.plan); }; });
    return command;
}

void addPlans(CLI::App &program, Parsed &parsed)
{
    addPlanCommand(program, parsed, "plan", "show a plan and check it against the cluster", runPlan);
    addPlanCommand(program, parsed, "export", "write the manifests of a plan to a folder", runExport)
        ->add_option("--out", parsed.plan.out, "folder, made when missing")
        ->required();
    addPlanCommand(program, parsed, "diff", "compare a plan with what the cluster holds", runDiff);
    auto *apply = addPlanCommand(program, parsed, "apply",
                                 "apply a plan by server-side apply, after a dry run of all of it", runApply);
    apply->add_option("--dry-run", parsed.dryRun, "server: ask the server, store nothing")
        ->check(CLI::IsMember({"server"}));
    apply->add_flag("--force", parsed.plan.force, "take over fields that another manager owns");
    apply->add_flag("-y,--yes", parsed.plan.yes, "do not ask");
}

void addShapes(CLI::App &program, Parsed &parsed)
{
    auto *shapes =
        program.add_subcommand("shapes", "count the free places by size, and list the fewest moves to a hole");
    shapes->add_option("--size", parsed.shapes.size, "GPUs of one node to have free together (default: 8)")
        ->check(aboveZero());
    shapes->add_option("--plan", parsed.shapes.plan, "plan file: its devices count as taken, its locked pods stay");
    shapes->callback([&parsed] { parsed.command = [&parsed] { return runShapes(parsed.global, parsed.shapes); }; });
    auto *partition = program.add_subcommand("partition", "what if the cards of a node were cut another way");
    partition->add_option("node", parsed.partition.node, "name of the node")->required();
    partition
        ->add_option("partition", parsed.partition.wanted,
                     "whole, MIG profiles (3g.40gb:2 or all-1g.10gb), AMD modes (CPX/NPS4)")
        ->required();
    partition->add_option("--plan", parsed.partition.plan, "plan file: which of its models fit afterwards");
    partition->callback(
        [&parsed] { parsed.command = [&parsed] { return runPartition(parsed.global, parsed.partition); }; });
    auto *compare = program.add_subcommand("compare", "put two plans side by side");
    compare->add_option("a", parsed.compare.a, "plan file")->required();
    compare->add_option("b", parsed.compare.b, "plan file")->required();
    compare->callback([&parsed] { parsed.command = [&parsed] { return runCompare(parsed.global, parsed.compare); }; });
}

void addOptimise(CLI::App &program, Parsed &parsed)
{
    auto &asked = parsed.optimise;
    auto *optimise = program.add_subcommand("optimise", "place a whole plan at least cost, with a proven bound");
    optimise->add_option("plan", asked.plan, "plan file; what is locked or runs already stays")->required();
    optimise->add_option("--out", asked.out, "write the proposed plan to this file");
    optimise->add_flag("--fewest-gpus", asked.fewestGpus, "fewest GPUs instead of least cost; needs no prices");
    optimise->add_option("--seconds", asked.seconds, "time to search")->check(CLI::Range(0.0, 86400.0));
    optimise->add_option("--seed", asked.seed, "same seed, same plans");
    optimise->add_option("--demand", asked.demand, "NAME=TOKENS_PER_SECOND of a requirement; may be repeated");
    optimise->callback(
        [&parsed] { parsed.command = [&parsed] { return runOptimise(parsed.global, parsed.optimise); }; });
}

void addBenches(CLI::App &program, Parsed &parsed)
{
    program.add_subcommand("bench-place", "answer a placement benchmark on standard input and output")
        ->callback([&parsed] { parsed.command = runBenchPlace; });
    auto *mix = program.add_subcommand("bench-mix", "find the cheapest GPU mix of each case of a file");
    mix->add_option("cases", parsed.mixCases, "cases file (JSON)")->required();
    mix->callback([&parsed] { parsed.command = [&parsed] { return runBenchMix(parsed.mixCases); }; });
    auto *plan = program.add_subcommand("bench-plan", "plan a whole fleet at least cost, with a proven bound");
    plan->add_option("instance", parsed.benchPlan.instance, "instance file (JSON)")->required();
    plan->add_option("--out", parsed.benchPlan.out, "plan file, one replica a line")->required();
    plan->add_option("--seconds", parsed.benchPlan.seconds, "time to search")->check(CLI::Range(0.0, 86400.0));
    plan->add_option("--seed", parsed.benchPlan.seed, "same seed, same plans");
    plan->callback([&parsed] { parsed.command = [&parsed] { return runBenchPlan(parsed.benchPlan); }; });
}

void addOthers(CLI::App &program, Parsed &parsed)
{
    program.add_subcommand("contexts", "list the contexts of the kubeconfig")->callback([&parsed] {
        parsed.command = [&parsed] { return runContexts(parsed.global); };
    });
    program.add_subcommand("inventory", "list every GPU by SKU and by node")->callback([&parsed] {
        parsed.command = [&parsed] { return runInventory(parsed.global); };
    });
    auto *completion = program.add_subcommand("completion", "print a completion script");
    completion->add_option("shell", parsed.shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    completion->callback([&] {
        parsed.command = [&]() -> Answer {
            print(completionScript(program, parsed.shell).value_or(""));
            return Yes;
        };
    });
}

int report(const core::Error &error)
{
    fmt::print(stderr, "berthctl: {}\n", printable(core::describe(error)));
    return exitCode(error.kind);
}

} // namespace

int runProgram(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    CLI::App program("Shows the GPUs of a cluster, says where a model fits and why not elsewhere, and applies plans.",
                     "berthctl");
    program.footer("Exit codes: 0 yes, 1 no or does not fit, 2 usage, 3 cannot reach or not allowed, 4 broken input.");
    program.set_version_flag("--version", std::string("berthctl " BERTH_VERSION));
    program.require_subcommand(1);
    program.fallthrough(); // global options may stand after the command
    Parsed parsed;
    addGlobal(program, parsed);
    addOthers(program, parsed);
    addFit(program, parsed);
    addEstimates(program, parsed);
    addSizing(program, parsed);
    addPlace(program, parsed);
    addPlans(program, parsed);
    addShapes(program, parsed);
    addOptimise(program, parsed);
    addBenches(program, parsed);
    addProbeCommands(program, parsed.global, parsed.command);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return program.exit(error) == 0 ? Yes : BadUsage;
    }
    if (!parsed.kubeconfig.empty())
        parsed.global.kubeconfig = parsed.kubeconfig;
    parsed.plan.dryRun = !parsed.dryRun.empty();
    const auto [log, problem] = openLog(stateFolder(), "berthctl", parsed.global.logLevel);
    if (!problem.empty() && program.count("--log-level") > 0)
        fmt::print(stderr, "berthctl: {}\n", problem);
    parsed.global.log = log;
    log->info("{}", program.get_subcommands().front()->get_name());
    const auto answer = parsed.command();
    if (!answer)
        log->error("{}", core::describe(answer.error()));
    return answer ? *answer : report(answer.error());
}

} // namespace app::ctl
