// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/completion.h"

#include <fmt/format.h>

namespace app::ctl {

namespace {

std::string optionWords(const CLI::App &app)
{
    std::string words;
    for (const auto *option : app.get_options())
        for (const auto &name : option->get_lnames())
            words += (words.empty() ? "--" : " --") + name;
    return words;
}

std::string commandWords(const CLI::App &program)
{
    std::string words;
    for (const auto *command : program.get_subcommands({}))
        words += (words.empty() ? "" : " ") + command->get_name();
    return words;
}

std::string bash(const CLI::App &program)
{
    auto script = fmt::format("_berthctl() {{\n"
                              "  local word=\"${{COMP_WORDS[COMP_CWORD]}}\" command=\"\" one\n"
                              "  for one in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
                              "    case \" {0} \" in *\" $one \"*) command=$one; break ;; esac\n"
                              "  done\n"
                              "  local words=\"{1}\"\n"
                              "  case \"$command\" in\n"
                              "    '') words=\"{0} $words\" ;;\n",
                              commandWords(program), optionWords(program));
    for (const auto *command : program.get_subcommands({}))
        script += fmt::format("    {}) words=\"{} $words\" ;;\n", command->get_name(),
                              command->get_name() == "completion" ? "bash zsh fish" : optionWords(*command));
    return script
        + "  esac\n"
          "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
          "}\n"
          "complete -o default -F _berthctl berthctl kubectl-berth\n";
}

std::string zsh(const CLI::App &program)
{
    return "#compdef berthctl kubectl-berth\nautoload -U +X bashcompinit && bashcompinit\n" + bash(program);
}

std::string fishQuoted(const std::string &text)
{
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return quoted + "'";
}

std::string fish(const CLI::App &program)
{
    std::string script;
    for (const auto *option : program.get_options())
        for (const auto &name : option->get_lnames())
            script += fmt::format("complete -c berthctl -l {} -d {}\n", name, fishQuoted(option->get_description()));
    for (const auto *command : program.get_subcommands({})) {
        script += fmt::format("complete -c berthctl -n __fish_use_subcommand -f -a {} -d {}\n", command->get_name(),
                              fishQuoted(command->get_description()));
        for (const auto *option : command->get_options())
            for (const auto &name : option->get_lnames())
                script += fmt::format("complete -c berthctl -n '__fish_seen_subcommand_from {}' -l {} -d {}\n",
                                      command->get_name(), name, fishQuoted(option->get_description()));
    }
    return script + "complete -c berthctl -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n";
}

} // namespace

std::optional<std::string> completionScript(const CLI::App &program, const std::string &shell)
{
    if (shell == "bash")
        return bash(program);
    if (shell == "zsh")
        return zsh(program);
    return shell == "fish" ? std::optional(fish(program)) : std::nullopt;
}

} // namespace app::ctl
