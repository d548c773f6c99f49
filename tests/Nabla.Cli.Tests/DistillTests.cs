using System.Text.Json;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class DistillTests
{
    private static readonly string Iris = Repository.PathOf("docs/data/iris.csv");

    [Fact]
    public void A_student_is_distilled_compared_and_used()
    {
        using TemporaryFolder folder = new();
        string teacher = Trained(folder);
        Outcome distilled = Cli.Run(
            "distill", teacher, "--data", Iris, "--out", folder.File("out"), "--shrink", "0.3", "--epochs", "30", "--batch", "8", "--lr", "0.01", "--alone", "--json").Succeeds();
        JsonElement report = JsonDocument.Parse(Assert.Single(distilled.Lines)).RootElement;
        Assert.All(
            [
                "accuracy_before", "accuracy_after", "bytes_before", "bytes_after", "p50_us_before", "p50_us_after", "throughput_before", "throughput_after", "agreement",
                "alone_accuracy",
            ],
            name => Assert.Equal(JsonValueKind.Number, report.GetProperty(name).ValueKind));
        double share = report.GetProperty("parameters_after").GetDouble() / report.GetProperty("parameters_before").GetDouble();
        Assert.InRange(share, 0.15, 0.45);
        Outcome judged = Cli.Run("evaluate", folder.File("out"), "--data", Iris, "--json").Succeeds();
        Assert.InRange(JsonDocument.Parse(judged.Output).RootElement.GetProperty("test_accuracy").GetDouble(), 0.8, 1);
    }

    [Fact]
    public void A_teacher_may_be_an_onnx_file_and_labels_few()
    {
        using TemporaryFolder folder = new();
        using SmallMnist digits = new();
        string run = folder.File("run");
        Cli.Run("train", "digits", "--data", digits.Folder, "--epochs", "1", "--out", run).Succeeds();
        Cli.Run("export", run, "--to", "onnx", "--out", folder.File("teacher.onnx")).Succeeds();
        string student = folder.Write(
            "student.json", """{"inputShape": [28, 28, 1], "layers": [{"kind": "Flatten"}, {"kind": "Dense", "units": 10, "activation": "Softmax"}]}""");
        Outcome distilled = Cli.Run(
            "distill", folder.File("teacher.onnx"), "--data", digits.Folder, "--out", folder.File("out"), "--student", student, "--labels", "20", "--epochs", "2", "--alone");
        Assert.Contains("the same student without the teacher: accuracy", distilled.Succeeds().Output, StringComparison.Ordinal);
        Assert.Equal(["0", "1"], ModelFolder.Load(folder.File("out/model")).Network.Layers.Select((_, index) => $"{index}"));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        using TemporaryFolder folder = new();
        string teacher = Trained(folder);
        Assert.Equal(Weights("1"), Weights("2"));

        byte[] Weights(string threads)
        {
            Cli.Run("distill", teacher, "--data", Iris, "--out", folder.File(threads), "--student", "same", "--epochs", "2", "--threads", threads).Succeeds();
            return File.ReadAllBytes(folder.File($"{threads}/model/weights.safetensors"));
        }
    }

    [Fact]
    public void What_cannot_be_done_is_said_in_one_line()
    {
        using TemporaryFolder folder = new();
        string[] usual = ["distill", Trained(folder), "--data", Iris, "--out", folder.File("out")];
        Cli.Run([.. usual, "--hidden", "9:0"]).FailsWith("The student has no part '9'");
        Cli.Run([.. usual, "--hidden", "9"]).FailsWith("--hidden must be pairs such as 2:4");
        Cli.Run([.. usual, "--labels", "1000"]).FailsWith("--labels must be below the 135 samples to learn from, not 1000");
        Cli.Run([.. usual, "--temperature", "0"]).FailsWith("--temperature must be a number above 0");
        string wide = folder.Write("wide.json", """{"inputShape": [4], "layers": [{"kind": "Dense", "units": 2}]}""");
        Cli.Run([.. usual, "--student", wide]).FailsWith("The student answers with [batch, 2], but its teacher with [batch, 3]");
        Assert.False(Directory.Exists(folder.File("out")));
    }

    private static string Trained(TemporaryFolder folder)
    {
        string run = folder.File("run");
        Cli.Run("train", "csv", "--data", Iris, "--target", "species", "--epochs", "10", "--out", run).Succeeds();
        return run;
    }
}
