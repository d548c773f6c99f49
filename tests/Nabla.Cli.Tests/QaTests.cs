using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class QaTests : IDisposable
{
    private static readonly string Questions = Repository.PathOf("docs/data/questions.json");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Questions_about_passages_are_learnt_judged_and_answered()
    {
        string run = folder.File("run");
        Outcome trained = Cli.Run("train", "qa", "--data", Questions, "--epochs", "2", "--lr", "0.01", "--out", run).Succeeds();
        Assert.Contains("60 answers stand where the data says, 0 were found elsewhere, 0 nowhere", trained.Output, StringComparison.Ordinal);
        Assert.Contains("questions: 60 (10 without an answer) to learn from, 6 (1 without an answer) to validate", trained.Output, StringComparison.Ordinal);
        using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(folder.File("run/metrics.json")));
        foreach (string name in new[] { "f1", "exact_match", "answerable_f1", "baseline_f1", "baseline_answerable_exact_match" })
        {
            Assert.InRange(metrics.RootElement.GetProperty($"test_{name}").GetDouble(), 0, 1);
        }

        string passage = folder.Write("passage.txt", "Ada was born in Lund in 1900.");
        string answer = Cli.Run("predict", run, "--question", "Where was Ada born?", "--context", passage, "--json").Succeeds().Output;
        using JsonDocument json = JsonDocument.Parse(answer);
        Assert.InRange(json.RootElement.GetProperty("probability").GetDouble(), 0, 1);
        Outcome told = Cli.Run("predict", run, "--question", "Where was Ada born?", "--context", "Ada was born in Lund.").Succeeds();
        Assert.Matches("(characters|no answer)", told.Output);
        Assert.Contains("test_baseline_f1", Cli.Run("evaluate", run, "--data", Questions, "--json").Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains("question answering", Cli.Run("inspect", run).Succeeds().Output, StringComparison.Ordinal);
        Cli.Run("predict", run, "--question", "Where?").FailsWith("--context is missing");
    }

    [Fact]
    public void Files_that_are_named_after_parts_are_those_parts()
    {
        string json = File.ReadAllText(Questions);
        folder.Write("data/train.json", json);
        folder.Write("data/dev.json", One("Ina lives here.", ""));
        folder.Write("data/test.json", One("Oda lives here.", """{"text": "Oda", "answer_start": 0}"""));
        Outcome trained = Cli.Run("train", "qa", "--data", folder.File("data"), "--epochs", "1", "--out", folder.File("run")).Succeeds();
        Assert.Contains("questions: 72 (12 without an answer) to learn from, 1 (1 without an answer) to validate, 1 (0", trained.Output, StringComparison.Ordinal);
    }

    private static string One(string passage, string answers) =>
        $$"""{"data": [{"paragraphs": [{"context": "{{passage}}", "qas": [{"question": "Who?", "answers": [{{answers}}]}]}]}]}""";

    [Fact]
    public void Stories_are_told_learnt_and_answered()
    {
        string run = folder.File("run");
        Outcome trained = Cli.Run("train", "babi", "--task", "15", "--questions", "400", "--epochs", "2", "--out", run).Succeeds();
        Assert.Contains("the last 8 sentences of a story are remembered", trained.Output, StringComparison.Ordinal);
        string story = folder.Write("story.txt", "1 Mice are afraid of cats.\n2 Emily is a mouse.\n3 What is Emily afraid of?\tcat\t1 2\n");
        string answer = Cli.Run("predict", run, "--question", "What is Emily afraid of?", "--context", story).Succeeds().Output;
        Assert.Matches("What is Emily afraid of\\?: (cat|mouse|sheep|wolf) ", answer);
        Assert.Contains("1 samples", Cli.Run("evaluate", run, "--data", story).Succeeds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_asked_is_said()
    {
        Cli.Run("train", "qa").FailsWith("give a file or a folder with --data");
        Cli.Run("train", "babi", "--task", "4").FailsWith("--task must be one of 1, 2, 3, 15");
    }
}
