using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class LanguageModelTests : IDisposable
{
    private static readonly string Sentences = string.Concat(Enumerable.Repeat("the cat sat on the mat the dog lay on the log.\n", 60));
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_text_is_learnt_judged_and_gone_on_with()
    {
        string data = folder.Write("text.txt", Sentences);
        string run = folder.File("run");
        Outcome trained = Train(data, run, "--epochs", "6").Succeeds();
        Assert.Contains("the last 282 of 2,820 tokens validate and, the same, test", trained.Output, StringComparison.Ordinal);
        Assert.Contains("test perplexity", trained.Output, StringComparison.Ordinal);
        using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(folder.File("run/metrics.json")));
        double loss = metrics.RootElement.GetProperty("test_loss").GetDouble();
        Assert.InRange(loss, 0, 0.3);
        Assert.Equal(Math.Exp(loss), metrics.RootElement.GetProperty("test_perplexity").GetDouble(), 1e-3);
        Assert.Contains("language model", Cli.Run("inspect", run).Succeeds().Output, StringComparison.Ordinal);

        using JsonDocument judged = JsonDocument.Parse(Cli.Run("evaluate", run, "--data", data, "--json").Succeeds().Output);
        Assert.InRange(judged.RootElement.GetProperty("test_loss").GetDouble(), 0, 0.3);
        Assert.Contains("the cat sat on the mat", Generate(run, "the cat sat", "--temperature", "0", "--length", "20"), StringComparison.Ordinal);
        string drawn = Generate(run, "the ", "--seed", "3", "--length", "40", "--top-k", "5", "--top-p", "0.9", "--repetition-penalty", "1.1");
        Assert.Equal(44, drawn.TrimEnd('\n').Length);
        Assert.Equal(drawn, Generate(run, "the ", "--seed", "3", "--length", "40", "--top-k", "5", "--top-p", "0.9", "--repetition-penalty", "1.1"));
        Assert.StartsWith("the c", Generate(run, "the c", "--beams", "3", "--length", "5"), StringComparison.Ordinal);
        Assert.Equal(7, Generate(run, "", "--length", "7").Length - 1);
        using JsonDocument json = JsonDocument.Parse(Generate(run, "the", "--json", "--length", "4"));
        Assert.Equal(4, json.RootElement.GetProperty("text").GetString()!.Length);

        Outcome unknown = Cli.Run("generate", run, "--prompt", "the Ä cät", "--length", "1");
        Assert.Equal(0, unknown.ExitCode);
        Assert.Equal("nabla: 2 of the prompt's tokens are not in the model's vocabulary; they are left out.", unknown.Error.Trim());
        Assert.Contains("the model sees the last 16", Cli.Run("generate", run, "--prompt", Sentences[..100], "--length", "1").Error, StringComparison.Ordinal);
        Cli.Run("predict", run, "the cat").FailsWith("is a language model: let it go on with a text by 'nabla generate");
        Cli.Run("evaluate", run, "--data", folder.Write("short.txt", "the")).FailsWith("expected a text of more than 16 tokens");
        Cli.Run("generate", run, "--temperature", "-1").FailsWith("--temperature must be a number 0, or from 1E-06 to 1000000, not '-1'");
        Cli.Run("generate", run, "--temperature", "1e-310").FailsWith("--temperature must be a number 0, or from 1E-06 to 1000000, not '1e-310'");
        Cli.Run("generate", run, "--repetition-penalty", "1e-310").FailsWith("--repetition-penalty must be a number from 1E-06 to 1000000, not '1e-310'");
        Assert.StartsWith("the c", Generate(run, "the c", "--temperature", "1e-6", "--repetition-penalty", "1e6", "--length", "3"), StringComparison.Ordinal);
        Outcome chinese = Cli.Run("evaluate", run, "--data", folder.Write("chinese.txt", "今天天气很好，我们去公园散步，看见很多花。")).Succeeds();
        Assert.Contains("21 of 21 tokens are not in the vocabulary", chinese.Output, StringComparison.Ordinal);
        Cli.Run("generate", run, "--top-p", "0").FailsWith("--top-p must be a number above 0, up to 1, not '0'");
    }

    [Fact]
    public void Words_and_parts_of_words_can_be_tokens_too()
    {
        string run = folder.File("run");
        Train(folder.Write("text.txt", Sentences), run, "--unit", "word", "--epochs", "1", "--length", "8").Succeeds();
        Assert.StartsWith("the cat ", Generate(run, "the cat", "--length", "5"), StringComparison.Ordinal);
        run = folder.File("parts");
        Train(folder.Write("text.txt", Sentences), run, "--unit", "subword", "--vocabulary", "40", "--epochs", "1", "--length", "8").Succeeds();
        Assert.StartsWith("the cat", Generate(run, "the cat", "--length", "5"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_stopped_ends_its_line()
    {
        string run = folder.File("run");
        Train(folder.Write("text.txt", Sentences), run, "--epochs", "1").Succeeds();
        Outcome stopped = Cli.RunUntilWritten(30, "generate", run, "--prompt", "the", "--length", "100000");
        Assert.Equal(130, stopped.ExitCode);
        Assert.Equal("Stopped.", stopped.Error.Trim());
        Assert.EndsWith("\n", stopped.Output, StringComparison.Ordinal);
        Assert.InRange(stopped.Output.Length, 30, 1000);
    }

    [Fact]
    public void What_is_wrong_is_one_line()
    {
        Cli.Run("train", "lm").FailsWith("'nabla train lm' needs a text: give a file with --data.");
        Cli.Run("train", "lm", "--data", folder.File("none.txt")).FailsWith("none.txt: no such file");
        Cli.Run("train", "lm", "--data", folder.Write("short.txt", "To be."), "--out", folder.File("run")).FailsWith("short.txt: expected a text that fills windows of 128 tokens");
        Cli.Run("train", "lm", "--data", folder.Write("text.txt", Sentences), "--unit", "page").FailsWith("--unit must be one of word, character");
        Cli.Run("train", "lm", "--vocabulary", "1").FailsWith("--vocabulary must be a whole number, 3 to 1048576, not '1'");
        Cli.Run("train", "lm", "--width", "16", "--heads", "3").FailsWith("--width must be a multiple of 6 for --heads 3, not 16");
        Cli.Run("train", "text", "--data", Repository.PathOf("docs/data/reviews.csv"), "--epochs", "1", "--out", folder.File("reviews")).Succeeds();
        Cli.Run("generate", folder.File("reviews"), "--prompt", "x").FailsWith("'text' is no language model.");
    }

    private static Outcome Train(string data, string run, params string[] further) => Cli.Run(
    [
        "train", "lm", "--data", data, "--out", run, "--layers", "1", "--width", "32", "--heads", "2", "--batch", "8", "--lr", "0.01",
        .. further.Contains("--length") ? [] : (string[])["--length", "16"], .. further,
    ]);

    private static string Generate(string run, string prompt, params string[] further) => Cli.Run(["generate", run, "--prompt", prompt, .. further]).Succeeds().Output;
}
