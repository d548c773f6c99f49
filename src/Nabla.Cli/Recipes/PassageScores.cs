using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Text.QuestionAnswering;
using Nabla.Training;

namespace Nabla.Cli.Recipes;

/// <summary>How good a model answers questions about passages, beside what shared words alone give.</summary>
internal static class PassageScores
{
    /// <summary>The scores of all questions, and where some have no answer of those that have one, of the model and of the baseline.</summary>
    public static IReadOnlyDictionary<string, double> Of(
        SpanAnswerer answerer, LexicalBaseline baseline, PassageSet questions, CancellationToken cancellationToken)
    {
        Dictionary<string, double> scores = [];
        Add(scores, "", AnswerScores.Of(answerer, questions, cancellationToken));
        Add(scores, "baseline_", AnswerScores.Of(baseline, questions, cancellationToken));
        return scores;
    }

    /// <summary>The scores of a saved model, the loss among them; the baseline is the one that does best on these very questions.</summary>
    public static Judgement Of(SavedModel model, PassageSet questions, CancellationToken cancellationToken)
    {
        SpanAnswerer answerer = AnswererOf(model);
        Trainer trainer = new(model.Network, new SparseCategoricalCrossEntropy(), new Sgd(), new Accuracy());
        EncodedQuestions encoded = answerer.Samples(questions);
        Scores scores = trainer.Evaluate(encoded.Samples, new LengthBuckets());
        return new Judgement(
            new Scores(scores.Loss, [.. scores.Skip(1), .. Of(answerer, LexicalBaseline.Fit(questions), questions, cancellationToken)]),
            questions.QuestionCount,
            [
                .. DataNotes.OfAnswers(questions.Check),
                .. DataNotes.OfQuestions(encoded.Split, encoded.Truncated, encoded.Unknown, encoded.Lost, answerer.Reading.QuestionLength),
            ]);
    }

    /// <summary>The answerer of a saved model.</summary>
    /// <exception cref="UsageException">The model does not say how questions become inputs.</exception>
    public static SpanAnswerer AnswererOf(SavedModel model) => model.Preprocessing is { Text: { } text, Reading: { } reading }
        ? new SpanAnswerer(model.Network, text, reading)
        : throw new UsageException($"The model '{model.Name}' does not say how questions and passages become its input {model.Network.InputShape}.");

    private static void Add(Dictionary<string, double> scores, string prefix, (AnswerScores All, AnswerScores Answerable) both)
    {
        scores[$"{prefix}exact_match"] = both.All.ExactMatch;
        scores[$"{prefix}f1"] = both.All.F1;
        if (both.Answerable.Questions < both.All.Questions)
        {
            scores[$"{prefix}answerable_exact_match"] = both.Answerable.ExactMatch;
            scores[$"{prefix}answerable_f1"] = both.Answerable.F1;
        }
    }
}
