using System.Text.Json;
using Nabla.Cli.Reports;
using Nabla.TensorBoard;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class RunsTests(SmallMnist mnist) : IClassFixture<SmallMnist>
{
    [Fact]
    public void Trained_runs_stand_beside_each_other()
    {
        using TemporaryFolder folder = new();
        foreach (string rate in new[] { "0.001", "0.0001" })
        {
            Cli.Run("train", "digits", "--data", mnist.Folder, "--epochs", "3", "--limit", "400", "--lr", rate, "--out", folder.File($"rate-{rate}")).Succeeds();
        }

        Outcome table = Cli.Run("runs", folder.ToString(), "--html", folder.File("runs.html")).Succeeds();
        Assert.Matches("rate-0.001 .*validation loss|validation loss", table.Output);
        Assert.Matches("rate-0\\.0001 +│ +[0-9]+ │ █[▁-█]▁ [0-9.]+", table.Output);
        JsonElement run = JsonDocument.Parse(Cli.Run("runs", folder.ToString(), "--json").Succeeds().Lines[1]).RootElement;
        Assert.Equal("rate-0.001", run.GetProperty("run").GetString());
        Assert.Equal("0.001", run.GetProperty("hyperparameters").GetProperty("learningRate").GetString());
        JsonElement metrics = JsonDocument.Parse(File.ReadAllLines(folder.File("rate-0.001/history.csv"))[^1].Split(',')[3]).RootElement;
        Assert.Equal((float)metrics.GetDouble(), run.GetProperty("last").GetProperty("validation loss").GetSingle());
        string page = File.ReadAllText(folder.File("runs.html"));
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.Contains("rate-0.0001", page, StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page.Replace("http://www.w3.org/", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_out_of_a_file_cannot_break_the_page_or_the_table()
    {
        using TemporaryFolder folder = new();
        using (EventWriter writer = new(folder.File("a[b]")))
        {
            writer.Scalar("<script>[red]", double.NaN, 1);
            writer.Scalar("<script>[red]", 1, 2);
        }

        Outcome table = Cli.Run("runs", folder.ToString(), "--html", folder.File("runs.html")).Succeeds();
        Assert.Contains("a[b]", table.Output, StringComparison.Ordinal);
        Assert.Contains("<script>[red]", table.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", File.ReadAllText(folder.File("runs.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_without_runs_and_damaged_files_are_named()
    {
        using TemporaryFolder folder = new();
        Cli.Run("runs", folder.File("none")).FailsWith("none: no such folder");
        Cli.Run("runs", folder.ToString()).FailsWith("no run here has event files");
        folder.Write("events.out.tfevents.1", "this is a text and no record at all");
        Cli.Run("runs", folder.ToString()).FailsWith("events.out.tfevents.1", "expected checksum", "at byte 0");
    }

    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4, 5, 6, 7, 8 }, "▁▂▃▄▅▆▇█")]
    [InlineData(new double[] { 3, 3 }, "▁▁")]
    [InlineData(new double[] { 0, double.NaN, 1 }, "▁×█")]
    [InlineData(new double[] { double.NaN }, "×")]
    [InlineData(new double[] { 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 4, 4, 4, 4 }, "▁▁▁▁████")]
    public void A_sparkline_goes_from_the_smallest_to_the_largest(double[] values, string expected) => Assert.Equal(expected, Sparkline.Draw(values, 8));
}
