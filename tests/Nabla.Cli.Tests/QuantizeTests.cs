using System.Text.Json;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class QuantizeTests(SmallMnist mnist) : IClassFixture<SmallMnist>
{
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
        string run = Flowers.Trained(folder, epochs: 30);
        string small = folder.File("small");
        JsonElement report = Flowers.Report(Cli.Run("quantize", run, "--data", Flowers.Data, "--out", small, "--method", method, "--json"));
        Assert.True(report.GetProperty("agreement").GetDouble() > 0.8);
        Assert.Equal(quantized, report.GetProperty("quantized").GetArrayLength());
        Assert.InRange(Flowers.AccuracyOf(small), 0.6, 1);
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
        JsonElement report = Flowers.Report(Cli.Run(
            "quantize", run, "--data", mnist.Folder, "--out", folder.File("small.nabla"), "--calibration", calibration, "--samples", "100", "--json"));
        Assert.True(report.GetProperty("bytes_after").GetDouble() < 0.3 * report.GetProperty("bytes_before").GetDouble());
        Assert.True(report.GetProperty("agreement").GetDouble() > 0.97);
        Assert.Empty(report.GetProperty("left").EnumerateArray());
        Assert.Contains(ModelFolder.Load(folder.File("small.nabla")).Network.State().Values, tensor => tensor.DataType == DataType.Int8);
    }

    // 135 flowers are learnt from and 15 judge; with --tune 14 of the 135 do, and nothing is learnt from them or from the 15.
    [Fact]
    public void Settings_are_chosen_by_a_part_of_what_is_learnt_from()
    {
        using TemporaryFolder folder = new();
        string[] usual = ["quantize", Flowers.Trained(folder, epochs: 30), "--data", Flowers.Data, "--method", "aware", "--bits", "4", "--json"];
        JsonElement judged = Flowers.Report(Cli.Run([.. usual, "--out", folder.File("judged")]));
        JsonElement tuned = Flowers.Report(Cli.Run([.. usual, "--out", folder.File("tuned"), "--tune"]));
        Assert.NotEqual(judged.GetProperty("loss_before").GetDouble(), tuned.GetProperty("loss_before").GetDouble());
        Assert.NotEqual(File.ReadAllBytes(folder.File("judged/weights.safetensors")), File.ReadAllBytes(folder.File("tuned/weights.safetensors")));
    }

    [Fact]
    public void Training_with_rounding_makes_up_for_few_bits()
    {
        using TemporaryFolder folder = new();
        string[] usual = ["quantize", Flowers.Trained(folder, epochs: 30), "--data", Flowers.Data, "--bits", "2", "--json"];
        JsonElement rounded = Flowers.Report(Cli.Run([.. usual, "--out", folder.File("static")]));
        JsonElement trained = Flowers.Report(Cli.Run(
            [.. usual, "--method", "aware", "--epochs", "20", "--batch", "8", "--lr", "0.003", "--out", folder.File("aware")]));
        Assert.True(trained.GetProperty("loss_after").GetDouble() < rounded.GetProperty("loss_after").GetDouble());
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        using TemporaryFolder folder = new();
        string[] usual = ["quantize", Flowers.Trained(folder, epochs: 5), "--data", Flowers.Data, "--method", "aware", "--epochs", "2"];
        Assert.Equal(Weights("1"), Weights("2"));

        byte[] Weights(string threads)
        {
            Cli.Run([.. usual, "--out", folder.File(threads), "--threads", threads]).Succeeds();
            return File.ReadAllBytes(folder.File($"{threads}/weights.safetensors"));
        }
    }

    [Fact]
    public void The_table_says_what_stayed_float()
    {
        using TemporaryFolder folder = new();
        Outcome outcome = Cli.Run("quantize", Flowers.Trained(folder, epochs: 30), "--data", Flowers.Data, "--out", folder.File("small"), "--exclude", "0.*").Succeeds();
        Assert.Contains("bytes on disk", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("left as it was: 0.kernel (DenseProduct): it was excluded", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_done_is_said_in_one_line()
    {
        using TemporaryFolder folder = new();
        string run = Flowers.Trained(folder, epochs: 30);
        string[] usual = ["quantize", run, "--data", Flowers.Data, "--out", folder.File("small")];
        Cli.Run([.. usual, "--bits", "9"]).FailsWith("--bits must be 2 to 8, not 9");
        Cli.Run([.. usual, "--method", "weight-only", "--bits", "3"]).FailsWith("--bits must be 4 or 8");
        Cli.Run([.. usual, "--group", "3"]).FailsWith("--group must be an even number");
        Cli.Run([.. usual, "--calibration", "guess"]).FailsWith("guess");
        Cli.Run([.. usual, "--exclude", "x*"]).FailsWith("'x*' matches no weight");
        Cli.Run("quantize", run, "--data", mnist.Folder, "--out", folder.File("small")).FailsWith("expected a file, got a folder");
        Assert.False(Directory.Exists(folder.File("small")));
    }
}
