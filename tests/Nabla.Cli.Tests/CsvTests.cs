using System.Text.Json;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class CsvTests : IDisposable
{
    private static readonly string Iris = Repository.PathOf("docs/data/iris.csv");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_class_is_learnt_judged_and_predicted()
    {
        string run = folder.File("run");
        Outcome trained = Cli.Run("train", "csv", "--data", Iris, "--target", "species", "--epochs", "40", "--out", run).Succeeds();
        Assert.Contains("'species' has 3 different texts: classification", trained.Output, StringComparison.Ordinal);
        Assert.Contains("Confusion matrix", trained.Output, StringComparison.Ordinal);
        Assert.Contains("120 rows to learn from, 15 to validate, 15 to test", trained.Output, StringComparison.Ordinal);
        JsonElement metrics = Json(File.ReadAllText(folder.File("run/metrics.json")));
        Assert.InRange(metrics.GetProperty("test_accuracy").GetDouble(), 0.85, 1);
        Assert.Equal(4675, metrics.GetProperty("parameters").GetInt32());
        Assert.True(File.Exists(folder.File("run/confusion.png")));

        JsonElement judged = Json(Cli.Run("evaluate", run, "--data", Iris, "--json").Succeeds().Output);
        Assert.InRange(judged.GetProperty("test_accuracy").GetDouble(), 0.9, 1);
        Assert.Equal(150, judged.GetProperty("samples").GetInt32());
        Assert.StartsWith("5.1,3.5,1.4,0.2: setosa 9", Cli.Run("predict", run, "5.1,3.5,1.4,0.2").Succeeds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_is_learnt_judged_and_predicted_in_its_own_unit()
    {
        string run = folder.File("run");
        Outcome trained = Cli.Run("train", "csv", "--data", Iris, "--target", "petal_width", "--hidden", "16", "--epochs", "60", "--out", run).Succeeds();
        Assert.Contains("different numbers in 150 rows: regression", trained.Output, StringComparison.Ordinal);
        Assert.Matches("test MAE 0\\.[0-9]+  test RMSE 0\\.[0-9]+  test R² 0\\.[0-9]+", trained.Output);
        JsonElement metrics = Json(File.ReadAllText(folder.File("run/metrics.json")));
        Assert.InRange(metrics.GetProperty("test_mae").GetDouble(), 0.05, 0.3);
        Assert.InRange(metrics.GetProperty("test_rmse").GetDouble(), metrics.GetProperty("test_mae").GetDouble(), 0.4);
        Assert.InRange(metrics.GetProperty("test_r2").GetDouble(), 0.8, 1);
        Assert.False(File.Exists(folder.File("run/confusion.png")));

        JsonElement judged = Json(Cli.Run("evaluate", run, "--data", Iris, "--json").Succeeds().Output);
        Assert.InRange(judged.GetProperty("test_r2").GetDouble(), 0.8, 1);
        JsonElement predicted = Json(Cli.Run("predict", run, "--json", "5.1,3.5,1.4,setosa").Succeeds().Output);
        Assert.InRange(predicted.GetProperty("value").GetDouble(), 0, 0.5);
    }

    [Fact]
    public void Rows_come_from_files_and_pipes_with_and_without_a_header_and_target()
    {
        string run = Trained();
        string rows = folder.Write("rows.csv", "petal_length,sepal_length,sepal_width,petal_width\n1.4,5.1,3.5,0.2\n\n5.9,6.8,3.0,2.1\n");
        Outcome file = Cli.Run("predict", run, rows);
        Assert.Equal(2, file.Succeeds().Lines.Length);
        Assert.Contains("rows.csv line 2: setosa", file.Lines[0], StringComparison.Ordinal);
        Assert.Contains("rows.csv line 4: virginica", file.Lines[1], StringComparison.Ordinal);
        Outcome bare = Cli.RunWith("5.1,3.5,1.4,0.2\n6.8,3.0,5.9,2.1\n", "predict", run, "-", "--top", "1");
        Assert.Equal(2, bare.Succeeds().Lines.Length);
        Assert.Matches("^- line 1: setosa [0-9.]+ %$", bare.Lines[0]);
        Assert.Matches("^- line 2: virginica [0-9.]+ %$", bare.Lines[1]);
        Outcome headed = Cli.RunWith("sepal_length,sepal_width,petal_length,petal_width,species\n5.1,3.5,1.4,0.2,unknown\n", "predict", run, "-", "--json");
        JsonElement answer = Json(headed.Succeeds().Output);
        Assert.Equal((2, "setosa"), (answer.GetProperty("line").GetInt32(), answer.GetProperty("label").GetString()));
        Assert.Equal(3, answer.GetProperty("probabilities").EnumerateObject().Count());
        Cli.RunWith([.. "5.1,3.5,1.4,0.2\n"u8, 0xFF, 10], "predict", run, "-").FailsWith("standard input", "expected text in UTF-8", "line 2");
    }

    [Fact]
    public void A_model_tells_what_it_is()
    {
        Outcome inspected = Cli.Run("inspect", Trained()).Succeeds();
        Assert.All(
            [
                "Dense", "[64]", "4,675", "setosa, versicolor, virginica", "row float32 [batch, 4]", "iris.csv, 150 rows", "train csv, seed 1",
                "target 'species'", "test_accuracy",
            ],
            expected => Assert.Contains(expected, inspected.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_in_one_file_is_used_as_one_in_a_folder()
    {
        string run = Trained();
        ModelFolder.Save(folder.File("iris.nabla"), ModelFolder.Load(Path.Combine(run, "model")));
        string expected = Cli.Run("predict", run, "5.1,3.5,1.4,0.2").Succeeds().Output;
        Assert.Equal(expected, Cli.Run("predict", folder.File("iris.nabla"), "5.1,3.5,1.4,0.2").Succeeds().Output);
        Assert.Equal(expected, Cli.Run("predict", folder.File("run/model"), "5.1,3.5,1.4,0.2").Succeeds().Output);
    }

    [Fact]
    public void A_table_with_gaps_texts_and_other_delimiters_is_learnt()
    {
        string rows = string.Concat(Enumerable.Range(0, 60).Select(
            row => $"{(row % 7 == 0 ? "" : row)};{(row % 5 == 0 ? "NA" : row % 2 == 0 ? "even" : "odd")};note {row};{row % 2}\n"));
        string data = folder.Write("t.csv", $"number;parity;note;target\n{rows}");
        Outcome trained = Cli.Run("train", "csv", "--data", data, "--target", "target", "--epochs", "2", "--out", folder.File("run")).Succeeds();
        Assert.Contains("'number' has 9 missing values: the mean stands for them", trained.Output, StringComparison.Ordinal);
        Assert.Contains("'parity' has 12 missing values", trained.Output, StringComparison.Ordinal);
        Assert.Contains("'note' is left out: each of its 60 values is different", trained.Output, StringComparison.Ordinal);
        Assert.Contains("'target' has only 2 different whole numbers", trained.Output, StringComparison.Ordinal);
    }

    private string Trained()
    {
        Cli.Run("train", "csv", "--data", Iris, "--target", "species", "--epochs", "12", "--out", folder.File("run")).Succeeds();
        return folder.File("run");
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
