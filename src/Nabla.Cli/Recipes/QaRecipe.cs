using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Text.QuestionAnswering;

namespace Nabla.Cli.Recipes;

/// <summary>Questions about passages, and a network that says where in the passage the answer begins and ends, or that there is none.</summary>
internal sealed class QaRecipe : Recipe
{
    public override string Name => "qa";

    public override string Description => "Questions about passages, in any language: the part of the passage that answers, or that there is none.";

    public override string DataDescription =>
        "SQuAD's JSON (1.1 or 2.0), SubjQA's CSV, gzipped or not, or a folder of such files; files named train, dev and test are taken as those parts.";

    public override string Unit => "questions";

    public override IReadOnlyList<string> SpecialOptions => ["--length", "--vocabulary"];

    public override RecipeDefaults Defaults => new(Epochs: 12, Batch: 16, Patience: 2) { LearningRate = 0.002 };

    public override Experiment Prepare(TrainSettings settings, CancellationToken cancellationToken)
    {
        Parts<PassageSet> parts = PassageParts.Read(settings);
        SpanAnswererOptions options = new() { VocabularySize = settings.VocabularySize, Window = settings.Length };
        SpanAnswerer answerer = SpanAnswerer.Create(parts.Train, settings.Seed, options);
        Parts<EncodedQuestions> encoded = parts.Map(answerer.Samples);
        LexicalBaseline baseline = LexicalBaseline.Fit(parts.Train);
        return new Experiment
        {
            Network = answerer.Network,
            Samples = encoded.Map(part => part.Samples),
            Question = new Question(PredictionTask.QuestionAnswering, []),
            Loss = new SparseCategoricalCrossEntropy(),
            Metrics = [new Accuracy()],
            Buckets = new LengthBuckets { Multiple = 32 },
            Preprocessing = new ModelPreprocessing(Text: answerer.Text, Reading: answerer.Reading),
            Judge = token => PassageScores.Of(answerer, baseline, parts.Test, token),
            Data = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(parts.Train.Path))}, {encoded.Count(part => part.Questions)} questions",
            Notes = [.. Notes(parts, answerer, encoded)],
        };
    }

    private static IEnumerable<string> Notes(Parts<PassageSet> parts, SpanAnswerer answerer, Parts<EncodedQuestions> encoded)
    {
        AnswerCheck check = parts.Train.Check == parts.Test.Check ? parts.Train.Check : parts.Train.Check + parts.Validation.Check + parts.Test.Check;
        foreach (string note in DataNotes.OfAnswers(check))
        {
            yield return note;
        }

        Parts<string> counts = parts.Map(Count);
        yield return $"questions: {counts.Train} to learn from, {counts.Validation} to validate, {counts.Test} to test; no passage is in two parts";
        int window = answerer.Text.Length - answerer.Reading.QuestionLength;
        yield return Line($"a vocabulary of {answerer.Text.Vocabulary.Count:N0} words and signs; passages are read in windows of {window}");
        foreach (string note in DataNotes.OfQuestions(
            encoded.Count(part => part.Split), encoded.Count(part => part.Truncated), encoded.Count(part => part.Unknown), encoded.Count(part => part.Lost),
            answerer.Reading.QuestionLength))
        {
            yield return note;
        }
    }

    private static string Count(PassageSet set) =>
        Line($"{set.QuestionCount:N0} ({set.Questions.Count(asked => !asked.Question.IsAnswerable):N0} without an answer)");

    private static string Line(FormattableString text) => FormattableString.Invariant(text);
}
