using System.CommandLine;
using Nabla.Cli.Reports;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla inspect MODEL</c>.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.Model();
        Command command = new("inspect", "Shows a model: layers, shapes, parameters, multiply-adds, and how it was trained.") { model };
        command.SetAction(result => ModelReport.Print(terminal, ModelPath.Load(result.GetValue(model)!)));
        return command;
    }
}
