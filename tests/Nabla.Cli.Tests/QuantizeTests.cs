using System.Text.Json;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class QuantizeTests(SmallMnist mnist) : IClassFixture<SmallMnist>
{
    private static readonly string Iris = Repository.PathOf("docs/data/iris.csv");

    [Theory]
    [InlineData("static", 3)]
    [InlineData("dynamic", 3)]
    [InlineData("weight-only", 3)]
    [InlineData("aware", 3)]
    [InlineData("float16", 0)]
    [InlineData("bfloat16", 0)]
    public void A_model_is_quantised_and_used(string method, int quantized)
    {
        using TemporaryFolder folder = new();
        string run = Trained(folder);
        string small = folder.File("small");
        JsonElement report = Report(Cli.Run("quantize", run, "--data", Iris, "--out", small, "--method", method, "--json"));
        Assert.All(
            ["accuracy_before", "accuracy_after", "bytes_before", "bytes_after", "p50_us_before", "p50_us_after", "throughput_before", "throughput_after", "agreement"],
            name => Assert.Equal(JsonValueKind.Number, report.GetProperty(name).ValueKind));
        Assert.True(report.GetProperty("agreement").GetDouble() > 0.8);
        Assert.Equal(quantized, report.GetProperty("quantized").GetArrayLength());
        Outcome judged = Cli.Run("evaluate", small, "--data", Iris, "--json").Succeeds();
        Assert.InRange(JsonDocument.Parse(judged.Output).RootElement.GetProperty("test_accuracy").GetDouble(), 0.6, 1);
        Cli.Run("inspect", small).Succeeds();
    }

    [Theory]
    [InlineData("minmax")]
    [InlineData("percentile")]
    [InlineData("entropy")]
    [InlineData("mse")]
    public void Digits_become_a_third_of_their_bytes_and_nearly_all_answers_stay(string calibration)
    {
        using TemporaryFolder folder = new();
        string run = folder.File("run");
        Cli.Run("train", "digits", "--data", mnist.Folder, "--epochs", "1", "--limit", "1000", "--out", run).Succeeds();
        JsonElement report = Report(Cli.Run(
            "quantize", run, "--data", mnist.Folder, "--out", folder.File("small.nabla"), "--calibration", calibration, "--samples", "100", "--json"));
        Assert.True(report.GetProperty("bytes_after").GetDouble() < 0.3 * report.GetProperty("bytes_before").GetDouble());
        Assert.True(report.GetProperty("agreement").GetDouble() > 0.97);
        Assert.Empty(report.GetProperty("left").EnumerateArray());
        Assert.Contains(ModelFolder.Load(folder.File("small.nabla")).Network.State().Values, tensor => tensor.DataType == DataType.Int8);
    }

    [Fact]
    public void The_table_says_what_stayed_float()
    {
        using TemporaryFolder folder = new();
        Outcome outcome = Cli.Run("quantize", Trained(folder), "--data", Iris, "--out", folder.File("small"), "--exclude", "0.*").Succeeds();
        Assert.Contains("bytes on disk", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("left as it was: 0.kernel (DenseProduct): it was excluded", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_done_is_said_in_one_line()
    {
        using TemporaryFolder folder = new();
        string run = Trained(folder);
        string[] usual = ["quantize", run, "--data", Iris, "--out", folder.File("small")];
        Cli.Run([.. usual, "--bits", "9"]).FailsWith("--bits must be 2 to 8, not 9");
        Cli.Run([.. usual, "--method", "weight-only", "--bits", "3"]).FailsWith("--bits must be 4 or 8");
        Cli.Run([.. usual, "--group", "3"]).FailsWith("--group must be an even number");
        Cli.Run([.. usual, "--calibration", "guess"]).FailsWith("guess");
        Cli.Run([.. usual, "--exclude", "x*"]).FailsWith("'x*' matches no weight");
        Cli.Run("quantize", run, "--data", mnist.Folder, "--out", folder.File("small")).FailsWith("expected a file, got a folder");
        Assert.False(Directory.Exists(folder.File("small")));
    }

    private static JsonElement Report(Outcome outcome) => JsonDocument.Parse(Assert.Single(outcome.Succeeds().Lines)).RootElement;

    private static string Trained(TemporaryFolder folder)
    {
        string run = folder.File("run");
        Cli.Run("train", "csv", "--data", Iris, "--target", "species", "--epochs", "30", "--out", run).Succeeds();
        return run;
    }
}
