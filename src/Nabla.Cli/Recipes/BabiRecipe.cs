using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Text.Stories;

namespace Nabla.Cli.Recipes;

/// <summary>Stories with questions whose answer follows from a few of their sentences, and a network with a memory.</summary>
internal sealed class BabiRecipe : Recipe
{
    private const int HeldOut = 1000;
    private const int MostMemories = 100;
    private const int Size = 40;
    private const int Hops = 3;

    public override string Name => "babi";

    public override string Description => "Short stories that it makes up after bAbI's tasks 1, 2, 3 and 15, and questions about them: a memory network.";

    public override string DataDescription => "A file in bAbI's form, gzipped or not, to learn from instead of stories that are made up.";

    public override string Unit => "questions";

    public override IReadOnlyList<string> SpecialOptions => ["--task", "--questions"];

    public override RecipeDefaults Defaults => new(Epochs: 20, Batch: 32, Patience: 5) { LearningRate = 0.005 };

    public override Experiment Prepare(TrainSettings settings, CancellationToken cancellationToken)
    {
        Parts<IReadOnlyList<StoryQuestion>> parts = settings.Data is { } path ? Read(path, settings) : Create(settings);
        TextPreprocessing preprocessing = StoryEncoding.Fit(parts.Train);
        int memories = Math.Min(MostMemories, parts.Train.Max(asked => asked.Sentences.Count));
        string[] answers = [.. parts.Train.Select(asked => asked.Answer).Distinct().Order(StringComparer.Ordinal)];
        return new Experiment
        {
            Network = new Sequential(
                [1 + memories, preprocessing.Length],
                settings.Seed,
                new EndToEndMemory(preprocessing.Vocabulary.Count, Size, Hops),
                new Dense(answers.Length, ActivationKind.Softmax)),
            Samples = parts.Map(part => StoryData.Samples(part, preprocessing, memories, answers, settings.Data)),
            Question = new Question(answers),
            Preprocessing = new ModelPreprocessing(Text: preprocessing),
            Data = settings.Data is null
                ? $"task {settings.Task}, {parts.Train.Count} questions made up from seed {settings.Seed}"
                : $"{Path.GetFileName(settings.Data)}, {parts.Count(part => part.Count)} questions",
            Notes = [.. Notes(parts, preprocessing, memories)],
        };
    }

    // Stories to be judged by are other ones, and no story that was learnt from is told again.
    private static Parts<IReadOnlyList<StoryQuestion>> Create(TrainSettings settings)
    {
        IReadOnlyList<StoryQuestion> train = StoryGenerator.Create((StoryTask)settings.Task, settings.Limit ?? settings.Questions, settings.Seed);
        HashSet<string> told = [.. train.Select(StoryData.TextOf)];
        IReadOnlyList<StoryQuestion> Others(string part) => [.. StoryGenerator
            .Create((StoryTask)settings.Task, HeldOut, (long)RandomKey.FromSeed(settings.Seed).Fold(part).Value)
            .Where(asked => !told.Contains(StoryData.TextOf(asked)))];
        return new(train, Others("validation"), Others("test"));
    }

    private static Parts<IReadOnlyList<StoryQuestion>> Read(string path, TrainSettings settings)
    {
        ILookup<int, StoryQuestion> stories = StoryFile.Read(path).ToLookup(asked => asked.Story);
        return Parts.Draw(stories.Count, settings.Limit, settings.Seed, $"{path}: stories")
            .Map<IReadOnlyList<StoryQuestion>>(part => [.. part.SelectMany(story => stories[story])]);
    }

    private static IEnumerable<string> Notes(Parts<IReadOnlyList<StoryQuestion>> parts, TextPreprocessing preprocessing, int memories)
    {
        yield return $"a vocabulary of {preprocessing.Vocabulary.Count} words; the last {memories} sentences of a story are remembered";
        Parts<StoryCheck> checks = parts.Map(part => StoryCheck.Of(preprocessing, memories, part));
        foreach (string note in DataNotes.OfStories(checks.Train + checks.Validation + checks.Test, memories, preprocessing.Length))
        {
            yield return note;
        }
    }
}
