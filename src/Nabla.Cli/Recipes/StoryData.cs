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

    /// <summary>How many sentences of a story a saved model remembers.</summary>
    public static int MemoriesOf(SavedModel model) => model.Network.InputShape[0] - 1;

    /// <summary>Questions as samples of classes.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="preprocessing">How sentences become tokens.</param>
    /// <param name="memories">How many sentences are remembered.</param>
    /// <param name="answers">The classes.</param>
    /// <param name="path">The file of the questions; null when they were made up.</param>
    /// <exception cref="UsageException">An answer to a question that was made up is none of the classes.</exception>
    /// <exception cref="InvalidFileException">An answer of the file is none of the classes; the message names the line.</exception>
    public static Dataset<Sample> Samples(
        IReadOnlyList<StoryQuestion> questions, TextPreprocessing preprocessing, int memories, IReadOnlyList<string> answers, string? path)
    {
        Dictionary<string, int> places = answers.Index().ToDictionary(answer => answer.Item, answer => answer.Index);
        int[] labels = [.. questions.Select(asked => places.TryGetValue(asked.Answer, out int place) ? place : throw Unseen(asked, answers, path))];
        return Dataset.FromTensors(StoryEncoding.Encode(preprocessing, memories, questions), Tensor.From(labels));
    }

    /// <summary>The questions of a file as samples of a saved model.</summary>
    public static TestData Load(SavedModel model, string path)
    {
        IReadOnlyList<StoryQuestion> questions = StoryFile.Read(path);
        (TextPreprocessing text, int memories) = (model.Preprocessing!.Text!, MemoriesOf(model));
        return new TestData(
            Samples(questions, text, memories, model.Labels, path),
            [.. DataNotes.OfStories(StoryCheck.Of(text, memories, questions), memories, text.Length)]);
    }

    /// <summary>How much of a question and its story a saved model sees.</summary>
    public static StoryCheck Check(SavedModel model, StoryQuestion asked) => StoryCheck.Of(model.Preprocessing!.Text!, MemoriesOf(model), [asked]);

    /// <summary>The input of a saved model for a question about a story.</summary>
    public static Tensor Encode(SavedModel model, StoryQuestion asked) =>
        StoryEncoding.Encode(model.Preprocessing!.Text!, MemoriesOf(model), [asked]);

    private static Exception Unseen(StoryQuestion asked, IReadOnlyList<string> answers, string? path)
    {
        string problem = $"expected one of the answers {string.Join(", ", answers)} to '{asked.Question}', got '{asked.Answer}'";
        return path is not null && asked.Line is { } line
            ? new InvalidFileException(path, FilePosition.Line(line), problem)
            : new UsageException($"Questions that were made up: {problem}. Give more --questions.");
    }
}
