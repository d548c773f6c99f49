using System.CommandLine;

namespace Nabla.Cli.Commands;

/// <summary>Options that several commands take, each described once.</summary>
internal static class CommonOptions
{
    public static Argument<string> Model() => new("MODEL") { Description = "A run folder, a model folder, or a .nabla file." };

    public static Option<bool> Json() => new("--json") { Description = "Print lines of JSON only." };

    public static Option<int> Threads() =>
        Positive("--threads", Environment.ProcessorCount, "The threads that compute; the result is the same for any number.");

    /// <summary>Samples to change a saved model with.</summary>
    public static Option<string> TuningData() => new("--data")
    {
        Description = "What to learn from, as 'nabla evaluate' takes it, or the name of a recipe that finds its data; a tenth of it judges (of MNIST's files "
            + "the test images).",
        Required = true,
        HelpName = "RECIPE_OR_PATH",
    };

    /// <summary>The number that all random draws come from.</summary>
    public static Option<long> Seed(string description) => new("--seed")
    {
        Description = description,
        DefaultValueFactory = _ => 1,
        HelpName = "N",
        CustomParser = OptionValues.WholeNumber,
    };

    /// <summary>An option that takes a whole number from 1 up.</summary>
    public static Option<int> Positive(string name, int value, string description, int largest = int.MaxValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        HelpName = "N",
        CustomParser = result => OptionValues.Positive(result, largest),
    };

    /// <summary>An option that takes a whole number from 1 up, or is left out.</summary>
    public static Option<int?> MaybePositive(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => OptionValues.Positive(result, int.MaxValue),
    };
}
