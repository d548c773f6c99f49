using System.Security.Cryptography;
using System.Text.Json;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class RetrainTests : IDisposable
{
    private static readonly string Iris = Repository.PathOf("docs/data/iris.csv");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_model_that_became_better_is_the_next_version_with_a_manifest()
    {
        string run = Trained(epochs: 1);
        Put(run, "models/csv/1");
        JsonElement told = Retrain(run, "--out", folder.File("models"), "--lr", "0.01", "--epochs", "20");
        Assert.True(told.GetProperty("accepted").GetBoolean());
        Assert.Equal(2, told.GetProperty("version").GetInt32());
        Assert.Equal(told.GetProperty("retrained_accuracy").GetDouble() - told.GetProperty("current_accuracy").GetDouble(), told.GetProperty("gain").GetDouble(), 9);
        Assert.True(told.GetProperty("gain").GetDouble() > 0);
        string version = folder.File("models/csv/2");
        Assert.True(File.Exists(Path.Combine(version, "manifest.json")));
        AssertManifest(version);
        SavedModel model = ModelFolder.Load(version);
        Assert.Equal("retrain", model.Training!.Recipe);
        Assert.Equal(["sepal_length", "sepal_width", "petal_length", "petal_width"], model.Statistics!.Features.Select(feature => feature.Name));
        double judged = Json(Cli.Run("evaluate", version, "--data", Iris, "--json").Succeeds().Output).GetProperty("test_accuracy").GetDouble();
        Assert.Equal(told.GetProperty("retrained_accuracy").GetDouble(), judged, 6);
    }

    [Fact]
    public void A_model_that_is_no_better_leaves_everything_as_it_was()
    {
        string run = Trained(epochs: 40);
        Put(run, "models/csv/1");
        JsonElement told = Retrain(run, "--out", folder.File("models"), "--lr", "1e-9", "--epochs", "1");
        Assert.False(told.GetProperty("accepted").GetBoolean());
        Assert.Equal(JsonValueKind.Null, told.GetProperty("path").ValueKind);
        Assert.Equal(["1"], Directory.EnumerateDirectories(folder.File("models/csv")).Select(path => Path.GetFileName(path)));
        Outcome people = Cli.Run("retrain", run, "--data", Iris, "--hold-out", Iris, "--out", folder.File("models"), "--lr", "1e-9", "--epochs", "1").Succeeds();
        Assert.Contains("not better: the current model stays, and nothing was written", people.Output, StringComparison.Ordinal);
        Assert.False(Retrain(Trained(epochs: 1), "--out", folder.File("models"), "--lr", "0.01", "--epochs", "20", "--min-gain", "0.99").GetProperty("accepted").GetBoolean());
    }

    [Fact]
    public void A_number_is_judged_by_the_part_of_the_error_that_is_gone_and_old_data_is_mixed_in()
    {
        Cli.Run("train", "csv", "--data", Iris, "--target", "petal_width", "--hidden", "16", "--epochs", "1", "--out", folder.File("run")).Succeeds();
        JsonElement told = Json(Cli.Run(
            "retrain", folder.File("run"), "--data", Iris, "--with", Iris, "--out", folder.File("new"), "--lr", "0.01", "--epochs", "10", "--json").Succeeds().Output);
        Assert.Equal(1 - (told.GetProperty("retrained_rmse").GetDouble() / told.GetProperty("current_rmse").GetDouble()), told.GetProperty("gain").GetDouble(), 9);
        Assert.Equal((285, 15), (told.GetProperty("samples").GetInt32(), told.GetProperty("held_out").GetInt32()));
        Assert.Equal(folder.File("new"), told.GetProperty("path").GetString());
        Assert.Equal(JsonValueKind.Null, told.GetProperty("version").ValueKind);
        Assert.Equal("iris.csv and iris.csv, 285 samples; before: iris.csv, 150 rows", ModelFolder.Load(folder.File("new")).Training!.Data);
    }

    [Fact]
    public async Task A_server_gives_the_new_version_a_part_of_the_traffic_and_keeps_the_old_one()
    {
        string run = Trained(epochs: 1);
        Put(run, "models/csv/1");
        string config = folder.Write("serve.json", """{"watch": true, "watchInterval": "00:00:00.1000000"}""");
        await using RunningServer server = await RunningServer.Start(
            folder.File("models"), "--urls", "http://127.0.0.1:0", "--admin-key", folder.File("admin.key"), "--config", config);
        string key = (await File.ReadAllTextAsync(folder.File("admin.key"), TestContext.Current.CancellationToken)).Trim();
        Environment.SetEnvironmentVariable("NABLA_API_KEY", key);
        try
        {
            JsonElement told = Retrain(run, "--out", folder.File("models"), "--lr", "0.01", "--epochs", "20", "--server", server.Address, "--canary-share", "0.25");
            Assert.True(told.GetProperty("canary").GetBoolean());
            using HttpClient client = new() { BaseAddress = new Uri(server.Address) };
            client.DefaultRequestHeaders.Add("X-API-Key", key);
            JsonElement rules = Json(await client.GetStringAsync(new Uri("/v2/repository/models/csv/traffic", UriKind.Relative), TestContext.Current.CancellationToken));
            Assert.Equal((1, 2, 0.25), (rules.GetProperty("stable").GetInt32(), rules.GetProperty("canary").GetInt32(), rules.GetProperty("canaryShare").GetDouble()));
        }
        finally
        {
            Environment.SetEnvironmentVariable("NABLA_API_KEY", null);
        }
    }

    [Theory]
    [InlineData("--server", "http://127.0.0.1:9", "expects a repository in --out")]
    [InlineData("--min-gain", "-1", "--min-gain must be a number from 0 to below 1")]
    [InlineData("--hold-out", "nothing.csv", "nothing.csv")]
    [InlineData("--with", "nothing.csv", "nothing.csv")]
    public void What_is_wrong_is_said_before_anything_is_written(string option, string value, string part)
    {
        Outcome outcome = Cli.Run("retrain", Trained(epochs: 1), "--data", Iris, "--out", folder.File("new"), option, value);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(part, outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("new")));
    }

    [Fact]
    public void Training_keeps_statistics_in_the_model_folder()
    {
        DataStatistics statistics = ModelFolder.Load(Path.Combine(Trained(epochs: 1), "model")).Statistics!;
        Assert.Equal(120, statistics.Samples);
        Assert.Equal(["label", "confidence"], statistics.Outputs.Select(output => output.Name));
    }

    private JsonElement Retrain(string model, params string[] options) =>
        Json(Cli.Run(["retrain", model, "--data", Iris, "--hold-out", Iris, "--json", .. options]).Succeeds().Output);

    private string Trained(int epochs)
    {
        Cli.Run("train", "csv", "--data", Iris, "--target", "species", "--epochs", $"{epochs}", "--out", folder.File("run")).Succeeds();
        return folder.File("run");
    }

    private void Put(string run, string version)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(version))!);
        ModelFolder.Save(folder.File(version), ModelFolder.Load(Path.Combine(run, "model")));
    }

    // Each other file with its size and SHA-256.
    private static void AssertManifest(string version)
    {
        JsonElement files = Json(File.ReadAllText(Path.Combine(version, "manifest.json"))).GetProperty("files");
        Assert.Equal(["model.json", "statistics.json", "weights.safetensors"], files.EnumerateObject().Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.All(files.EnumerateObject(), file =>
        {
            byte[] content = File.ReadAllBytes(Path.Combine(version, file.Name));
            Assert.Equal((content.Length, Convert.ToHexStringLower(SHA256.HashData(content))), (file.Value.GetProperty("size").GetInt32(), file.Value.GetProperty("sha256").GetString()));
        });
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
