using System.CommandLine;
using Nabla.Cli.Recipes;
using Nabla.Cli.Runs;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train RECIPE</c>.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal)
    {
        Command train = new("train", "Trains a network and writes a run folder.");
        foreach (Recipe recipe in Recipe.All)
        {
            train.Add(Create(recipe, terminal));
        }

        return train;
    }

    private static Command Create(Recipe recipe, Terminal terminal)
    {
        TrainOptions options = new(recipe);
        Command command = new(recipe.Name, recipe.Description);
        foreach (Option option in options.All)
        {
            command.Add(option);
        }

        command.SetAction((result, cancellationToken) =>
        {
            RunOptions run = options.ReadRun(result);
            TrainingRun training = new(recipe, options.Read(result, run.Resume), run, terminal);

            // On a thread of its own, so that this one can listen for Ctrl-C.
            return Task.Run(() => training.Execute(cancellationToken), CancellationToken.None);
        });
        return command;
    }
}
