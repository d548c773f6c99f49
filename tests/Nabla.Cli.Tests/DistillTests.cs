using System.Text.Json;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class DistillTests
{
    [Fact]
    public void A_student_is_distilled_compared_and_used()
    {
        using TemporaryFolder folder = new();
        string teacher = Flowers.Trained(folder, epochs: 10);
        JsonElement report = Flowers.Report(Cli.Run(
            "distill", teacher, "--data", Flowers.Data, "--out", folder.File("out"), "--shrink", "0.3", "--epochs", "30", "--batch", "8", "--lr", "0.01", "--alone", "--json"));
        Assert.InRange(report.GetProperty("alone_accuracy").GetDouble(), 0, 1);
        double share = report.GetProperty("parameters_after").GetDouble() / report.GetProperty("parameters_before").GetDouble();
        Assert.InRange(share, 0.15, 0.45);
        Assert.InRange(Flowers.AccuracyOf(folder.File("out")), 0.8, 1);
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
    public void Images_are_shifted_for_students_and_settings_are_chosen_without_the_test_images()
    {
        using TemporaryFolder folder = new();
        using SmallMnist digits = new();
        string run = folder.File("run");
        Cli.Run("train", "digits", "--data", digits.Folder, "--epochs", "1", "--out", run).Succeeds();
        string student = folder.Write(
            "student.json", """{"inputShape": [28, 28, 1], "layers": [{"kind": "Flatten"}, {"kind": "Dense", "units": 10, "activation": "Softmax"}]}""");
        string[] usual = ["distill", run, "--data", digits.Folder, "--out", folder.File("out"), "--student", student, "--epochs", "2", "--json"];
        JsonElement standing = Flowers.Report(Cli.Run(usual));
        JsonElement shifted = Flowers.Report(Cli.Run([.. usual, "--shift", "3"]));
        Assert.NotEqual(standing.GetProperty("loss_after").GetDouble(), shifted.GetProperty("loss_after").GetDouble());
        JsonElement tuned = Flowers.Report(Cli.Run([.. usual, "--shift", "3", "--tune"]));
        Assert.NotEqual(shifted.GetProperty("loss_before").GetDouble(), tuned.GetProperty("loss_before").GetDouble());
        Cli.Run([.. usual, "--shift", "28"]).FailsWith("--shift 28 is for images [height, width, channels] that are larger, and 'digits' reads [28, 28, 1]");
        Cli.Run([.. usual, "--shift", "-1"]).FailsWith("--shift must be a whole number, 0 to 64, not '-1'");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        using TemporaryFolder folder = new();
        Flowers.AreTheSameOnAnyThreads(folder, "distill", Flowers.Trained(folder, epochs: 10), "--student", "same");
    }

    [Fact]
    public void What_cannot_be_done_is_said_in_one_line()
    {
        using TemporaryFolder folder = new();
        string[] usual = ["distill", Flowers.Trained(folder, epochs: 10), "--data", Flowers.Data, "--out", folder.File("out")];
        Cli.Run([.. usual, "--hidden", "9:0"]).FailsWith("The student has no part '9'");
        Cli.Run([.. usual, "--hidden", "9"]).FailsWith("--hidden must be pairs such as 2:4");
        Cli.Run([.. usual, "--labels", "1000"]).FailsWith("--labels must be below the 135 samples to learn from, not 1000");
        Cli.Run([.. usual, "--shift", "1"]).FailsWith("--shift 1 is for images");
        Cli.Run([.. usual, "--temperature", "0"]).FailsWith("--temperature must be a number above 0");
        string wide = folder.Write("wide.json", """{"inputShape": [4], "layers": [{"kind": "Dense", "units": 2}]}""");
        Cli.Run([.. usual, "--student", wide]).FailsWith("The student answers with [batch, 2], but its teacher with [batch, 3]");
        Assert.False(Directory.Exists(folder.File("out")));
    }
}
