using System.CommandLine;
using Nabla.Cli.Files;
using Nabla.Cli.Reports;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla inspect FILE</c>.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> path = new("FILE") { Description = $"What to look into: {ModelFileKinds.List(ModelFileKinds.All)}." };
        Option<string?> graph = new("--graph")
        {
            Description = "Print the graph of the ops that answer one input, or write it to FILE: a picture (.svg), Graphviz (.dot), or text (.txt).",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        graph.Validators.Add(result => RequireKind(result.Tokens is [{ } file] ? file.Value : null, result.AddError));
        Option<bool> json = CommonOptions.Json();
        Command command = new("inspect", "Shows a model, weights or what a run wrote: layers, operators, tensors, shapes, parameters, and how a model was trained.") { path, graph, json };
        command.SetAction(result =>
        {
            string file = result.GetValue(path)!;
            if (result.GetResult(graph) is null)
            {
                ModelFileKinds.Of(file).Inspect(terminal, file, result.GetValue(json));
            }
            else
            {
                GraphReport.Print(terminal, ModelPath.Find(file), result.GetValue(graph));
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
