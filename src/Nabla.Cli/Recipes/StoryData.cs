using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Text.Stories;

namespace Nabla.Cli.Recipes;

/// <summary>Questions about stories as a memory network takes them.</summary>
internal static class StoryData
{
    /// <summary>Whether a model answers questions about stories.</summary>
    public static bool IsOf(SavedModel model) => model.Network.Layers is [EndToEndMemory, ..] && model.Preprocessing?.Text is not null;

    /// <summary>What is told and asked, as one text.</summary>
    public static string TextOf(StoryQuestion asked) => $"{string.Join(' ', asked.Sentences)} {asked.Question}";

    /// <summary>Questions as samples of classes.</summary>
    /// <exception cref="UsageException">An answer is none of the classes.</exception>
    public static Dataset<Sample> Samples(
        IReadOnlyList<StoryQuestion> questions, TextPreprocessing preprocessing, int memories, IReadOnlyList<string> answers)
    {
        Dictionary<string, int> places = answers.Index().ToDictionary(answer => answer.Item, answer => answer.Index);
        int[] labels = [.. questions.Select(asked => places.TryGetValue(asked.Answer, out int place)
            ? place
            : throw new UsageException($"Expected one of the answers {string.Join(", ", answers)} to '{asked.Question}', got '{asked.Answer}'."))];
        return Dataset.FromTensors(StoryEncoding.Encode(preprocessing, memories, questions), Tensor.From(labels));
    }

    /// <summary>The questions of a file as samples of a saved model.</summary>
    public static Dataset<Sample> Load(SavedModel model, string path) =>
        Samples(StoryFile.Read(path), model.Preprocessing!.Text!, model.Network.InputShape[0] - 1, model.Labels);

    /// <summary>The input of a saved model for a question about a story.</summary>
    public static Tensor Encode(SavedModel model, IReadOnlyList<string> sentences, string question) => StoryEncoding.Encode(
        model.Preprocessing!.Text!, model.Network.InputShape[0] - 1, [new StoryQuestion(0, sentences, question, "")]);
}
