using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Cli.Files;

/// <summary>Numbers for a model to be measured with.</summary>
internal static class ExampleInput
{
    /// <summary>
    /// A batch of random inputs, the same each time: tokens of the whole vocabulary, so that texts are as long as they may be and not all padding; zeros where
    /// nothing is known of the whole numbers that a model takes.
    /// </summary>
    public static Tensor Of(SavedModel model, int batch)
    {
        Shape shape = [batch, .. model.Network.InputShape];
        DataType type = model.Network.InputType;
        return type.IsFloating ? RandomKey.FromSeed(1).Uniform(shape).To(type)
            : Below(model) is > 1 and int below ? RandomKey.FromSeed(1).Integers(shape, 1, below, type)
            : Tensor.Zeros(shape, type);
    }

    /// <summary>What the tokens of a model are below; null where it has no vocabulary that is known.</summary>
    public static int? Below(SavedModel model) => model.Preprocessing?.Text?.Vocabulary.Count ?? SmallestVocabulary(model.Network);

    private static int? SmallestVocabulary(Module module)
    {
        int?[] sizes = [(module as Embedding)?.VocabularySize, .. module.Children.Values.Select(SmallestVocabulary)];
        return sizes.Min();
    }
}
