using Nabla.Cli.Commands;
using Nabla.Data;

namespace Nabla.Cli.Recipes;

/// <summary>What a recipe takes when nothing is said.</summary>
internal sealed record RecipeDefaults(int Epochs, int Batch, int Patience, int Vocabulary = 20_000)
{
    public string Optimizer { get; init; } = "adam";

    /// <summary>The learning rate with that optimizer; null for what is usual for it.</summary>
    public double? LearningRate { get; init; }

    public int Width { get; init; } = 256;

    public int Layers { get; init; } = 3;

    public int Heads { get; init; } = 4;

    public double Dropout { get; init; } = 0.1;

    /// <summary>The smallest vocabulary: the special tokens and one more.</summary>
    public int FewestTokens { get; init; } = 3;

    /// <summary>The fewest tokens of an input.</summary>
    public int ShortestLength { get; init; } = 1;

    /// <summary>What the width of a head is a multiple of.</summary>
    public int HeadMultiple { get; init; } = 1;

    /// <summary>What a token is.</summary>
    public TextUnit TextUnit { get; init; } = TextUnit.Character;
}

/// <summary>A way to train a network on one kind of data.</summary>
internal abstract class Recipe
{
    /// <summary>All recipes, in the order of the help.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
    [
        DigitsRecipe.Digits, DigitsRecipe.Fashion, new CsvRecipe(), new ImagesRecipe(), new TextRecipe(), new LanguageModelRecipe(),
        new TranslateRecipe(), new QaRecipe(), new BabiRecipe(),
    ];

    /// <summary>What stands behind <c>nabla train</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, for the help.</summary>
    public abstract string Description { get; }

    /// <summary>What <c>--data</c> takes, for the help.</summary>
    public abstract string DataDescription { get; }

    /// <summary>What it learns from: images, rows or texts.</summary>
    public virtual string Unit => "images";

    /// <summary>What a vocabulary is made of: words or pieces of words.</summary>
    public virtual string Token => "words";

    /// <summary>What <c>--length</c> takes, for the help.</summary>
    public virtual string LengthDescription => "The words of a text that are read; by default as many as 95 % of the texts have.";

    /// <summary>What <c>--target</c> takes, for the help.</summary>
    public virtual string TargetDescription => "The column to learn.";

    /// <summary>The names of the options that it takes besides the common ones.</summary>
    public virtual IReadOnlyList<string> SpecialOptions => [];

    /// <summary>What it takes when nothing is said.</summary>
    public abstract RecipeDefaults Defaults { get; }

    /// <summary>Where the data is when none is given; null for a recipe that must be told.</summary>
    /// <exception cref="UsageException">It is in none of the usual places.</exception>
    public virtual string? FindData() => null;

    /// <summary>Reads the data and makes the network; whatever is wrong with the data is said here, before training starts.</summary>
    public abstract Experiment Prepare(TrainSettings settings, CancellationToken cancellationToken);
}
