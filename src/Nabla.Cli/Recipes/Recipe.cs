using Nabla.Cli.Commands;

namespace Nabla.Cli.Recipes;

/// <summary>What a recipe takes when nothing is said.</summary>
internal sealed record RecipeDefaults(int Epochs, int Batch, int Patience);

/// <summary>A way to train a network on one kind of data.</summary>
internal abstract class Recipe
{
    /// <summary>All recipes, in the order of the help.</summary>
    public static IReadOnlyList<Recipe> All { get; } = [DigitsRecipe.Digits, DigitsRecipe.Fashion, new CsvRecipe(), new ImagesRecipe(), new TextRecipe()];

    /// <summary>What stands behind <c>nabla train</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, for the help.</summary>
    public abstract string Description { get; }

    /// <summary>What <c>--data</c> takes, for the help.</summary>
    public abstract string DataDescription { get; }

    /// <summary>What it learns from: images, rows or texts.</summary>
    public virtual string Unit => "images";

    /// <summary>The names of the options that it takes besides the common ones.</summary>
    public virtual IReadOnlyList<string> SpecialOptions => [];

    /// <summary>What it takes when nothing is said.</summary>
    public abstract RecipeDefaults Defaults { get; }

    /// <summary>Reads the data and makes the network; whatever is wrong with the data is said here, before training starts.</summary>
    public abstract Experiment Prepare(TrainSettings settings, CancellationToken cancellationToken);
}
