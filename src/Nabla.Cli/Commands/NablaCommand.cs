using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace Nabla.Cli.Commands;

/// <summary>The <c>nabla</c> command.</summary>
internal static class NablaCommand
{
    // A step of a large network and the writing of its checkpoint take longer than the two seconds that are usual.
    private static readonly TimeSpan TimeToStop = TimeSpan.FromMinutes(2);

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code: 0, 1 after an error, 130 after Ctrl-C.</returns>
    public static async Task<int> Run(string[] arguments, Terminal terminal, CancellationToken cancellationToken = default)
    {
        ParseResult result = Create(terminal).Parse(arguments);
        return await ErrorLine.Guard(terminal, () => Invoke(result, terminal, cancellationToken)).ConfigureAwait(false);
    }

    private static Task<int> Invoke(ParseResult result, Terminal terminal, CancellationToken cancellationToken)
    {
        if (UsageError(result) is { } error && result.Action is not HelpAction)
        {
            throw new UsageException(error);
        }

        // Names an instruction set that does not exist before anything is computed.
        _ = InstructionSet.Name;
        return result.InvokeAsync(Configuration(terminal), cancellationToken);
    }

    // A root command would be called like the program's file.
    private static Command Create(Terminal terminal) => new("nabla", "Nabla: deep learning in plain C#.")
    {
        new HelpOption { Recursive = true },
        new VersionOption(),
        TrainCommand.Create(terminal),
        EvaluateCommand.Create(terminal),
        PredictCommand.Create(terminal),
        GenerateCommand.Create(terminal),
        InspectCommand.Create(terminal),
        ImportCommand.Create(terminal),
        ExportCommand.Create(terminal),
        CompareCommand.Create(terminal),
        ProfileCommand.Create(terminal),
        AdaptCommand.Create(terminal),
        DistillCommand.Create(terminal),
        QuantizeCommand.Create(terminal),
        RetrainCommand.Create(terminal),
        PruneCommand.Create(terminal),
        CompressCommand.Create(terminal),
        RunsCommand.Create(terminal),
        ServeCommand.Create(terminal),
        SignCommand.Create(terminal),
        SignCommand.CreateVerify(terminal),
    };

    private static InvocationConfiguration Configuration(Terminal terminal) => new()
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeToStop,
        Output = terminal.Output,
        Error = terminal.Error,
    };

    // One line that says what exists, where the parser would print a page.
    private static string? UsageError(ParseResult result)
    {
        if (result.Errors.Count == 0)
        {
            return null;
        }

        Command command = result.CommandResult.Command;
        string name = string.Join(' ', Path(result.CommandResult).Reverse());
        if (result.UnmatchedTokens is [{ } unknown, ..])
        {
            return $"'{unknown}' is no {(unknown.StartsWith('-') ? "option" : "argument")} of '{name}'; it has {What(command, unknown)}.";
        }

        return command.Subcommands.Count > 0 && command.Action is null
            ? $"'{name}' needs one of {List(command.Subcommands)}."
            : $"{result.Errors[0].Message.TrimEnd('.')}; see '{name} --help'.";
    }

    private static IEnumerable<string> Path(SymbolResult? result)
    {
        for (; result is CommandResult command; result = command.Parent)
        {
            yield return command.Command.Name;
        }
    }

    private static string What(Command command, string unknown) => !unknown.StartsWith('-') && command.Subcommands.Count > 0
        ? List(command.Subcommands)
        : List(command.Options);

    private static string List(IEnumerable<Symbol> symbols) => string.Join(", ", symbols.Where(symbol => !symbol.Hidden).Select(symbol => symbol.Name));
}
