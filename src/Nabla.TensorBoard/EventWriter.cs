using System.Globalization;
using Google.Protobuf;
using Nabla.Graphs;
using Nabla.Metrics;
using Nabla.TensorBoard.Protos;
using Nabla.TensorBoard.Records;
using Nabla.Vision;

namespace Nabla.TensorBoard;

/// <summary>
/// Writes one of TensorBoard's event files: numbers, distributions, pictures, texts, hyper-parameters and a graph, each with the step it belongs to.
/// The file grows record by record (TFRecord with masked CRC-32C; Event and Summary of TensorFlow's published schemas), so a run that is stopped leaves all
/// that was flushed.
/// </summary>
/// <example>
/// <code>
/// using EventWriter writer = new("runs/first");
/// writer.Scalar("loss", 0.25, step: 1);
/// </code>
/// </example>
public sealed class EventWriter : IDisposable
{
    private const int TypeOfText = 7;
    private const int TypeOfFloat = 1;
    private const string TextPlugin = "text";
    private const string HyperparameterPlugin = "hparams";
    private static int files;

    private readonly TimeProvider clock;
    private readonly FileStream stream;

    /// <summary>Begins a file.</summary>
    /// <param name="folder">The folder of the run; it is made if it is not there. TensorBoard takes each folder with such files as a run.</param>
    /// <param name="clock">What time it is; null for the system's clock.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public EventWriter(string folder, TimeProvider? clock = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        this.clock = clock ?? TimeProvider.System;
        Directory.CreateDirectory(folder);
        long seconds = this.clock.GetUtcNow().ToUnixTimeSeconds();
        string name = string.Create(
            CultureInfo.InvariantCulture, $"events.out.tfevents.{seconds:D10}.nabla.{Environment.ProcessId}.{Interlocked.Increment(ref files)}");
        Path = System.IO.Path.Combine(folder, name);
        stream = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);
        Write(new Event { FileVersion = EventFile.Version });
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Writes a number.</summary>
    /// <param name="tag">What it is called, such as <c>epoch_loss</c>; <c>/</c> makes groups.</param>
    /// <param name="value">The number; it is rounded to float32.</param>
    /// <param name="step">The step or epoch that it belongs to.</param>
    public void Scalar(string tag, double value, long step) => Add(tag, step, new Summary.Types.Value { SimpleValue = (float)value });

    /// <summary>Writes how the elements of a tensor are distributed. Elements that are not finite are left out.</summary>
    /// <param name="tag">What the distribution is called.</param>
    /// <param name="values">The tensor, of any shape.</param>
    /// <param name="step">The step or epoch that it belongs to.</param>
    public void Histogram(string tag, Tensor values, long step)
    {
        ArgumentNullException.ThrowIfNull(values);
        Add(tag, step, new Summary.Types.Value { Histo = HistogramBuckets.Of(values) });
    }

    /// <summary>Writes a picture.</summary>
    /// <param name="tag">What it is called.</param>
    /// <param name="image"><c>[height, width, channels]</c> of 1 (grey), 3 (colours) or 4 (colours with alpha) channels, from 0 to 1.</param>
    /// <param name="step">The step or epoch that it belongs to.</param>
    /// <exception cref="ArgumentException">The tensor is no such picture.</exception>
    public void Image(string tag, Tensor image, long step)
    {
        ArgumentNullException.ThrowIfNull(image);
        byte[] png = ImageWriter.EncodePng(image);
        Image(tag, png, image.Shape[0], image.Shape[1], image.Shape[2], step);
    }

    /// <summary>Writes a picture that is a PNG file already.</summary>
    /// <param name="tag">What it is called.</param>
    /// <param name="png">The content of the PNG file.</param>
    /// <param name="step">The step or epoch that it belongs to.</param>
    /// <exception cref="ArgumentException">The bytes are no PNG file.</exception>
    public void Image(string tag, byte[] png, long step)
    {
        ArgumentNullException.ThrowIfNull(png);
        (int height, int width, int channels) = PngHeader.Read(png);
        Image(tag, png, height, width, channels, step);
    }

    /// <summary>Writes a text; TensorBoard shows Markdown.</summary>
    /// <param name="tag">What it is called.</param>
    /// <param name="markdown">The text.</param>
    /// <param name="step">The step or epoch that it belongs to.</param>
    public void Text(string tag, string markdown, long step)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        TensorValue tensor = new() { Dtype = TypeOfText, TensorShape = new TensorShape { Dim = { new TensorShape.Types.Dim { Size = 1 } } } };
        tensor.StringVal.Add(ByteString.CopyFromUtf8(markdown));
        Add(tag, step, new Summary.Types.Value { Tensor = tensor, Metadata = PluginMetadata(TextPlugin, ByteString.Empty) });
    }

    /// <summary>Writes a confusion matrix twice: as a picture (a row a true class, the darker the larger its share) and as a table of the counts.</summary>
    /// <param name="tag">What it is called.</param>
    /// <param name="matrix">The counts.</param>
    /// <param name="labels">The names of the classes.</param>
    /// <param name="step">The step or epoch that it belongs to.</param>
    /// <exception cref="ArgumentException">There are not as many names as classes.</exception>
    public void Confusion(string tag, ConfusionMatrix matrix, IReadOnlyList<string> labels, long step)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count != matrix.Classes)
        {
            throw new ArgumentException($"Expected the names of {matrix.Classes} classes but got {labels.Count}.", nameof(labels));
        }

        Image(tag, ConfusionDrawing.Picture(matrix), step);
        Text($"{tag}_counts", ConfusionDrawing.Table(matrix, labels), step);
    }

    /// <summary>Writes what a run was started with, and which numbers judge it: TensorBoard compares runs by them.</summary>
    /// <param name="values">Texts, numbers and booleans by name.</param>
    /// <param name="metrics">The numbers, as <c>folder/tag</c> where a folder below the run has them, else <c>tag</c>.</param>
    public void Hyperparameters(IReadOnlyDictionary<string, object> values, params IReadOnlyList<string> metrics)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(metrics);
        AddHyperparameters(HyperparameterRecords.Experiment(values, metrics));
        AddHyperparameters(HyperparameterRecords.Start(values, Now));
    }

    /// <summary>Says that the run which <see cref="Hyperparameters"/> began has ended well.</summary>
    public void EndHyperparameters() => AddHyperparameters(HyperparameterRecords.End(Now));

    /// <summary>Writes a graph, for TensorBoard's page of graphs; a run has one.</summary>
    public void Graph(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Write(new Event { GraphDef = GraphRecords.Of(graph).ToByteString() });
    }

    /// <summary>Says that a stopped run goes on: what its older files have from <paramref name="step"/> on is not shown any more.</summary>
    public void Resume(long step) => Write(new Event { Step = step, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });

    /// <summary>Hands all that was written to the system, so that readers see it and it outlives the process.</summary>
    public void Flush() => stream.Flush();

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static SummaryMetadata PluginMetadata(string plugin, ByteString content) =>
        new() { PluginData = new SummaryMetadata.Types.PluginData { PluginName = plugin, Content = content } };

    private double Now => clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    private void Image(string tag, byte[] png, int height, int width, int channels, long step) => Add(
        tag,
        step,
        new Summary.Types.Value
        {
            Image = new Summary.Types.Image { Height = height, Width = width, Colorspace = channels, EncodedImageString = ByteString.CopyFrom(png) },
        });

    private void AddHyperparameters((string Tag, HyperparameterData Data) record)
    {
        TensorValue nothing = new() { Dtype = TypeOfFloat, TensorShape = new TensorShape { Dim = { new TensorShape.Types.Dim { Size = 0 } } } };
        Add(
            record.Tag,
            step: 0,
            new Summary.Types.Value { Tensor = nothing, Metadata = PluginMetadata(HyperparameterPlugin, record.Data.ToByteString()) });
    }

    private void Add(string tag, long step, Summary.Types.Value value)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        value.Tag = tag;
        Write(new Event { Step = step, Summary = new Summary { Value = { value } } });
    }

    private void Write(Event record)
    {
        record.WallTime = Now;
        RecordWriter.Write(stream, record.ToByteArray());
    }
}
