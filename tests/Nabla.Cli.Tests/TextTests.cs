using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class TextTests : IDisposable
{
    private static readonly string Reviews = Repository.PathOf("docs/data/reviews.csv");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Classes_of_texts_are_learnt_judged_and_predicted()
    {
        string run = folder.File("run");
        Outcome trained = Cli.Run("train", "text", "--data", Reviews, "--epochs", "30", "--lr", "0.002", "--batch", "16", "--out", run).Succeeds();
        Assert.Contains("texts to learn from, 23 to validate, 23 to test", trained.Output, StringComparison.Ordinal);
        Assert.Contains("a vocabulary of ", trained.Output, StringComparison.Ordinal);
        using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(folder.File("run/metrics.json")));
        Assert.InRange(metrics.RootElement.GetProperty("test_accuracy").GetDouble(), 0.85, 1);

        using JsonDocument judged = JsonDocument.Parse(Cli.Run("evaluate", run, "--data", Reviews, "--json").Succeeds().Output);
        Assert.InRange(judged.RootElement.GetProperty("test_accuracy").GetDouble(), 0.9, 1);
        Assert.StartsWith("房间很脏，非常失望。: bad ", Cli.Run("predict", run, "房间很脏，非常失望。").Succeeds().Output, StringComparison.Ordinal);
        string texts = folder.Write("texts.txt", "The staff was friendly and helpful.\n\nWe hated the pool: awful!\n");
        string[] lines = Cli.Run("predict", run, texts).Succeeds().Lines;
        Assert.Contains("texts.txt line 1: good ", lines[0], StringComparison.Ordinal);
        Assert.Contains("texts.txt line 3: bad ", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"label\":\"good\"", Cli.RunWith("lovely view\n", "predict", run, "-", "--json").Succeeds().Output, StringComparison.Ordinal);
        Cli.Run("predict", run, " ").FailsWith("expected a text, got an empty one");
        Cli.Run("predict", run, "zzz").FailsWith("none of its words is in the model's vocabulary of");
        Cli.Run("evaluate", run, "--data", folder.Write("other.csv", "review,label\nfine,ugly\n")).FailsWith("line 2", "expected one of the classes bad, good, got 'ugly'");
    }

    [Fact]
    public void A_recurrent_network_learns_texts_too()
    {
        string run = folder.File("run");
        Outcome trained = Cli.Run("train", "text", "--data", Reviews, "--network", "lstm", "--epochs", "1", "--limit", "60", "--out", run).Succeeds();
        Assert.Contains("texts to learn from", trained.Output, StringComparison.Ordinal);
        Assert.Contains("2.backward", Cli.Run("inspect", run).Succeeds().Output, StringComparison.Ordinal);
        Cli.Run("train", "text", "--data", Reviews, "--network", "rnn").FailsWith("'rnn'");
    }

    [Theory]
    [InlineData("character", "characters", "wonderful")]
    [InlineData("subword", "parts of words", "wonderfully")]
    public void Tokens_may_be_characters_or_parts_of_words(string unit, string named, string text)
    {
        string run = folder.File("run");
        Outcome trained = Cli.Run(
            "train", "text", "--data", Reviews, "--unit", unit, "--vocabulary", "400", "--network", "lstm", "--buckets", "--epochs", "2", "--out", run).Succeeds();
        Assert.Contains($" {named}; the first ", trained.Output, StringComparison.Ordinal);
        string description = Directory.GetFiles(run, "model.json", SearchOption.AllDirectories).Select(File.ReadAllText).First();
        Assert.Contains($"\"{unit}\"", description, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(text, Cli.Run("predict", run, text).Succeeds().Output, StringComparison.Ordinal);
        Cli.Run("evaluate", run, "--data", Reviews).Succeeds();
        Cli.Run("train", "text", "--data", Reviews, "--unit", "syllable").FailsWith("--unit must be one of word, character, subword, not 'syllable'");
    }

    [Fact]
    public void Long_and_empty_texts_are_counted()
    {
        string rows = string.Concat(Enumerable.Range(0, 20).Select(index => $"word word word word\t{index % 2}\n\t1\n"));
        Outcome outcome = Cli.Run(
            "train", "text", "--data", folder.Write("t.tsv", rows), "--columns", "text,label", "--delimiter", "tab", "--length", "3", "--epochs", "1", "--out", folder.File("run"));
        outcome.Succeeds();
        Assert.Contains("20 empty texts are left out", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("20 longer texts are cut off", outcome.Output, StringComparison.Ordinal);
        string few = folder.Write("few.tsv", "word\t0\nword word word word\t1\nzzz\t1\n\t1\n");
        Outcome judged = Cli.Run("evaluate", folder.File("run"), "--data", few).Succeeds();
        Assert.Contains("1 empty texts are left out\n1 longer texts are cut off\n1 texts have no known token\n", judged.Output, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Cli.Run("evaluate", folder.File("run"), "--data", few, "--json").Succeeds().Output);
        Assert.Equal(3, json.RootElement.GetProperty("samples").GetInt32());
        Assert.Equal("1 longer texts are cut off", json.RootElement.GetProperty("notes")[1].GetString());
    }

    [Fact]
    public void A_model_is_judged_by_a_table_that_is_written_as_the_one_it_learnt_from()
    {
        string rows = string.Concat(Enumerable.Range(0, 30).Select(index => $"{index}|{(index % 2 == 0 ? "good" : "bad")}|a {(index % 2 == 0 ? "fine" : "poor")} film\n"));
        string data = folder.Write("t.csv", $"id|stars|review\n{rows}");
        string run = folder.File("run");
        Cli.Run("train", "text", "--data", data, "--target", "stars", "--text", "review", "--delimiter", "|", "--epochs", "1", "--out", run).Succeeds();
        Assert.Contains("30 samples", Cli.Run("evaluate", run, "--data", data).Succeeds().Output, StringComparison.Ordinal);
        Cli.Run("quantize", run, "--data", data, "--out", folder.File("small.nabla")).Succeeds();
        Assert.Contains("30 samples", Cli.Run("evaluate", folder.File("small.nabla"), "--data", data).Succeeds().Output, StringComparison.Ordinal);
        string collected = folder.Write("collected.csv", "text,label\n\"a fine film\",\"good\"\n");
        Assert.Contains("1 samples", Cli.Run("evaluate", run, "--data", collected).Succeeds().Output, StringComparison.Ordinal);
        Cli.Run("evaluate", run, "--data", folder.Write("u.csv", "label,text\ngood,fine\n")).FailsWith("u.csv: expected a column 'stars'");
        string description = Path.Combine(run, "model", "model.json");
        File.WriteAllText(description, File.ReadAllText(description).Replace("\"label\": \"stars\"", "\"columns\": [\"a\", \"a\"]", StringComparison.Ordinal));
        Cli.Run("inspect", run).FailsWith("expected 1 to 65536 different names of columns of the table of texts, got 2");
    }

    [Fact]
    public void Quotes_are_characters_where_it_is_said_and_the_model_remembers()
    {
        // Of four lines the first begins with a quote and the second ends with one: read as marks, they make one row of two.
        string[] texts = ["\"a fine film", "a poor film\"", "a fine one", "a poor one"];
        string data = folder.Write("t.tsv", "text\tlabel\n" + string.Concat(Enumerable.Range(0, 40).Select(row => $"{texts[row % 4]}\t{(row % 2 == 0 ? "good" : "bad")}\n")));
        string run = folder.File("run");
        Cli.Run("train", "text", "--data", data, "--epochs", "1", "--out", folder.File("marks")).Succeeds();
        Assert.Contains("t.tsv, 30 texts", Cli.Run("inspect", folder.File("marks")).Succeeds().Output, StringComparison.Ordinal);
        Cli.Run("train", "text", "--data", data, "--no-quotes", "--epochs", "1", "--out", run).Succeeds();
        Assert.Contains("t.tsv, 40 texts", Cli.Run("inspect", run).Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains("40 samples", Cli.Run("evaluate", run, "--data", data).Succeeds().Output, StringComparison.Ordinal);
        Cli.Run("train", "csv", "--no-quotes").FailsWith("--no-quotes");
    }

    [Fact]
    public void What_is_wrong_with_the_data_is_one_line()
    {
        Cli.Run("train", "text", "--vocabulary", "1").FailsWith("--vocabulary must be a whole number, 3 to 1048576, not '1'");
        Cli.Run("train", "text").FailsWith("'nabla train text' needs texts: give a table or a folder with --data.");
        Cli.Run("train", "text", "--data", folder.Write("a.csv", "x,y\n1,2\n"), "--out", folder.File("run")).FailsWith("a.csv: expected a column 'label', got");
        Assert.False(Directory.Exists(folder.File("run")));
    }
}
