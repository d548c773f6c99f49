using System.CommandLine;
using Nabla.Cli.Profiles;
using Nabla.Cli.Recipes;
using Nabla.Cli.Reports;
using Nabla.Formats;
using Nabla.Profiling;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla profile MODEL</c> and <c>nabla profile train RECIPE</c>.</summary>
internal static class ProfileCommand
{
    private const int DefaultBatch = 64;

    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.Model();
        ProfileOptions options = new(DefaultBatch, "The inputs of a call.", "The calls that are measured.");
        Command train = new("train", "Profiles the compiled training steps of a recipe.");
        foreach (DigitsRecipe recipe in new[] { DigitsRecipe.Digits, DigitsRecipe.Fashion })
        {
            train.Add(Create(recipe, terminal));
        }

        Command command = new("profile", "Shows where time goes, op by op, when a model answers or learns.")
        {
            model, options.Batch, options.Steps, options.Threads, options.Trace, train,
        };
        command.SetAction(result => Report(
            terminal, options.Read(result), settings => Answers(ModelPath.Find(result.GetValue(model)!), settings)));
        return command;
    }

    private static Profile Answers(string path, ProfileSettings settings) => ModelFolder.HoldsGraph(path)
        ? ProfiledAnswers.Record(ModelFolder.LoadGraph(path).Network, settings)
        : ProfiledAnswers.Record(ModelFolder.Load(path), settings);

    private static Command Create(DigitsRecipe recipe, Terminal terminal)
    {
        ProfileOptions options = new(recipe.Defaults.Batch, "The images of a step.", "The steps that are measured.");
        Option<string?> data = new("--data") { Description = recipe.DataDescription, HelpName = "PATH" };
        Command command = new(recipe.Name, recipe.Description) { data, options.Batch, options.Steps, options.Threads, options.Trace };
        command.SetAction((result, cancellationToken) => Task.Run(
            () => Report(terminal, options.Read(result), settings => ProfiledSteps.Record(recipe, result.GetValue(data), settings, cancellationToken)),
            CancellationToken.None));
        return command;
    }

    private static void Report(Terminal terminal, ProfileSettings settings, Func<ProfileSettings, Profile> record)
    {
        Threads.Count = settings.Threads;
        Profile profile = record(settings);
        ProfileReport.Print(terminal, profile, settings, MachineSpeed.Measure());
        if (settings.Trace is { } file)
        {
            AtomicFile.WriteText(file, profile.ToTrace());
            terminal.Output.WriteLine($"Wrote {file}: open it at ui.perfetto.dev or in chrome://tracing.");
        }
    }
}
