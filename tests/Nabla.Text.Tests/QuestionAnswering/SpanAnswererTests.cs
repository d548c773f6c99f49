using Nabla.Data;
using Nabla.Formats;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Text.QuestionAnswering;
using Nabla.Training;

namespace Nabla.Text.Tests.QuestionAnswering;

/// <summary>Also runs the code of docs/question-answering.md.</summary>
public sealed class SpanAnswererTests
{
    private static readonly string Questions = Repository.PathOf("docs/data/questions.json");

    [Fact]
    public void A_reader_learns_to_answer_and_to_say_that_there_is_no_answer()
    {
        PassageSet questions = PassageSet.Read(Questions);
        string[] articles = [.. questions.Passages.Select(passage => passage.Article)];
        (PassageSet train, PassageSet test) = (questions.OfArticles(articles[..9]), questions.OfArticles(articles[9..]));
        SpanAnswerer answerer = SpanAnswerer.Create(train, seed: 1, new SpanAnswererOptions { EmbeddingSize = 16, HiddenSize = 16, Dropout = 0.1 });
        Trainer trainer = new(answerer.Network, new SparseCategoricalCrossEntropy(), new Adam(0.01));
        EncodedQuestions encoded = answerer.Samples(train);
        trainer.Fit(
            encoded.Samples,
            validation: null,
            new FitOptions { Epochs = 30, BatchSize = 9, Buckets = new LengthBuckets() },
            TestContext.Current.CancellationToken);

        (AnswerScores all, AnswerScores answerable) = AnswerScores.Of(answerer, test, TestContext.Current.CancellationToken);
        (AnswerScores baseline, _) = AnswerScores.Of(LexicalBaseline.Fit(train), test, TestContext.Current.CancellationToken);
        Assert.True(all.F1 > baseline.F1, $"{all} {baseline}");
        Assert.InRange(answerable.F1, 0.8, 1);
        Passage passage = test.Passages[0];
        GivenAnswer answer = answerer.Answer(passage.Questions[0].Text, passage.Text);
        Assert.Equal(passage.Questions[0].UsualAnswer, answer.Span);
        Assert.InRange(answer.Score, 0.2, 1);
        Assert.Null(answerer.Answer(passage.Questions[5].Text, passage.Text).Span);
    }

    [Fact]
    public void A_long_passage_becomes_windows_that_have_each_answer()
    {
        PassageSet questions = PassageSet.Read(Questions);
        SpanAnswerer answerer = SpanAnswerer.Create(questions, seed: 1, new SpanAnswererOptions { Window = 16, HiddenSize = 2, EmbeddingSize = 2 });
        EncodedQuestions encoded = answerer.Samples(questions);
        Assert.Equal((72, 72, 0, 0), (encoded.Questions, encoded.Split, encoded.Truncated, encoded.Lost));
        Sample[] samples = [.. encoded.Samples.Epoch(0)];
        Assert.True(samples.Length > 2 * 72);
        int length = answerer.Reading.QuestionLength;
        Assert.All(samples, sample => Assert.InRange(sample.Input.Shape[1], length + 1, length + 16));
        Assert.All(samples, sample => Assert.True(sample.Target!.AsSpan<int>()[1] <= sample.Input.Shape[1] - length));
        GivenAnswer answer = answerer.Answer(questions.Passages[0].Questions[0].Text, questions.Passages[0].Text);
        Assert.Contains(answer.Likeliest!.Value.Text, questions.Passages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_shorter_than_an_answer_loses_it_and_says_so()
    {
        PassageSet questions = PassageSet.Read(Questions);
        SpanAnswerer answerer = SpanAnswerer.Create(questions, seed: 1, new SpanAnswererOptions { Window = 1, HiddenSize = 2, EmbeddingSize = 2 });
        Assert.Equal(24, answerer.Samples(questions).Lost);
    }

    [Fact]
    public void Who_learnt_from_answers_alone_always_answers()
    {
        PassageSet answerable = PassageSet.Read(Questions).Answerable();
        SpanAnswerer answerer = SpanAnswerer.Create(answerable, seed: 1, new SpanAnswererOptions { HiddenSize = 2, EmbeddingSize = 2 });
        Assert.False(answerer.Reading.MayHaveNone);
        Assert.NotNull(answerer.Answer("Where?", answerable.Passages[0].Text).Span);
    }

    [Fact]
    public void A_passage_without_words_has_no_answer()
    {
        SpanAnswerer answerer = SpanAnswerer.Create(PassageSet.Read(Questions), seed: 1, new SpanAnswererOptions { HiddenSize = 2, EmbeddingSize = 2 });
        Assert.Null(answerer.Answer("Where?", " ").Span);
        Assert.NotNull(answerer.Answer("", "somewhere").Likeliest);
    }

    [Fact]
    public void A_saved_answerer_answers_the_same()
    {
        using TemporaryFolder folder = new();
        PassageSet questions = PassageSet.Read(Questions);
        SpanAnswerer answerer = SpanAnswerer.Create(questions, seed: 1, new SpanAnswererOptions { HiddenSize = 2, EmbeddingSize = 2 });
        ModelFolder.Save(folder.File("model"), new SavedModel("qa", answerer.Network)
        {
            Task = PredictionTask.QuestionAnswering,
            Preprocessing = new ModelPreprocessing(Text: answerer.Text, Reading: answerer.Reading),
        });
        SavedModel saved = ModelFolder.Load(folder.File("model"));
        SpanAnswerer loaded = new(saved.Network, saved.Preprocessing!.Text!, saved.Preprocessing.Reading!);
        Passage passage = questions.Passages[3];
        Assert.Equal(answerer.Answer("Where?", passage.Text), loaded.Answer("Where?", passage.Text));
        Assert.Throws<ArgumentException>(() => new SpanAnswerer(saved.Network, answerer.Text with { Length = 50 }, answerer.Reading));
    }
}
