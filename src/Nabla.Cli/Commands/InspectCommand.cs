using System.CommandLine;
using Nabla.Cli.Reports;
using Nabla.Formats;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla inspect MODEL</c>.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.Model();
        Option<string?> graph = new("--graph")
        {
            Description = "Print the graph of the ops that answer one input, or write it to FILE: a picture (.svg), Graphviz (.dot), or text (.txt).",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        graph.Validators.Add(result => RequireKind(result.Tokens is [{ } file] ? file.Value : null, result.AddError));
        Command command = new("inspect", "Shows a model: layers, shapes, parameters, multiply-adds, and how it was trained.") { model, graph };
        command.SetAction(result =>
        {
            SavedModel saved = ModelPath.Load(result.GetValue(model)!);
            if (result.GetResult(graph) is null)
            {
                ModelReport.Print(terminal, saved);
            }
            else
            {
                GraphReport.Print(terminal, saved, result.GetValue(graph));
            }
        });
        return command;
    }

    private static void RequireKind(string? file, Action<string> addError)
    {
        if (file is not null && !GraphReport.Endings.Contains(Path.GetExtension(file)))
        {
            addError($"--graph must end with one of {string.Join(", ", GraphReport.Endings)}, not '{file}'");
        }
    }
}
