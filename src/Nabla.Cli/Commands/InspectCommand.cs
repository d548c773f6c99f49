using System.CommandLine;
using Nabla.Cli.Reports;
using Nabla.Formats;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla inspect MODEL</c>.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        Argument<string> model = new("MODEL") { Description = "A model folder, or a run folder that holds one." };
        Command command = new("inspect", "Shows the layers of a model with shapes, parameters and multiply-adds.") { model };
        command.SetAction(result =>
        {
            SavedModel saved = ModelPath.Load(result.GetValue(model)!);
            NetworkTable.Print(saved.Name, saved.Network);
        });
        return command;
    }
}
