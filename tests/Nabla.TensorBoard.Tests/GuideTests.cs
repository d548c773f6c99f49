using Nabla.Metrics;
using Nabla.Tests;

namespace Nabla.TensorBoard.Tests;

/// <summary>Runs the code of docs/tensorboard.md; its callback stands in <see cref="CallbackTests"/>.</summary>
public sealed class GuideTests
{
    [Fact]
    public void What_the_guide_writes_the_guide_reads()
    {
        using TemporaryFolder temporary = new();
        string folder = temporary.ToString();
        Tensor errors = Tensor.From(0.5f, -0.25f);
        Tensor image = Tensor.Ones([4, 4, 3]);
        ConfusionMatrix confusion = new();
        confusion.Update(Tensor.From(new float[,] { { 0.9f, 0.1f }, { 0.2f, 0.8f } }), Tensor.From(0, 1));
        Write();
        foreach ((string tag, IReadOnlyList<ScalarPoint> points) in RunLog.Load(folder).Scalars)
        {
            Assert.Equal(("temperature", 0.7f), (tag, (float)points[^1].Value));
        }

        RunLog log = RunLog.Load(folder);
        Assert.Equal("temperature", Assert.Single(log.Scalars).Key);
        Assert.Equal(
            ["temperature", "errors", "first", "notes", "confusion", "confusion_counts"],
            log.Events.Select(logged => logged.Tag));

        void Write()
        {
            using EventWriter writer = new(folder);
            writer.Scalar("temperature", 0.7, step: 1);
            writer.Histogram("errors", errors, step: 1);
            writer.Image("first", image, step: 1); // [height, width, channels], from 0 to 1
            writer.Text("notes", "**all** of it", step: 1);
            writer.Confusion("confusion", confusion, ["cat", "dog"], step: 1);
        }
    }
}
