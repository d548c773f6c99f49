using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Nabla.TensorBoard.Protos;

namespace Nabla.TensorBoard;

/// <summary>Says what the events of a file are, whichever of the schemas' forms their writer has chosen.</summary>
internal static class EventParser
{
    private const int HistogramColumns = 3;

    /// <summary>What an event holds; nothing where it only says which version a file has.</summary>
    public static IEnumerable<LoggedEvent> Parse(Event record)
    {
        DateTimeOffset time = TimeOf(record.WallTime);
        return record.WhatCase switch
        {
            Event.WhatOneofCase.Summary => record.Summary.Value.Select(value => new LoggedEvent(value.Tag, record.Step, time, ValueOf(value))),
            Event.WhatOneofCase.GraphDef => [new LoggedEvent(string.Empty, record.Step, time, GraphOf(record.GraphDef))],
            Event.WhatOneofCase.SessionLog when record.SessionLog.Status == SessionLog.Types.SessionStatus.Start =>
                [new LoggedEvent(string.Empty, record.Step, time, new LoggedResumption())],
            _ => [],
        };
    }

    private static DateTimeOffset TimeOf(double seconds) => DateTimeOffset.UnixEpoch.AddSeconds(
        double.IsNaN(seconds) ? 0 : Math.Clamp(seconds, 0, (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).TotalSeconds - 1));

    private static LoggedValue ValueOf(Summary.Types.Value value)
    {
        string plugin = value.Metadata?.PluginData?.PluginName ?? string.Empty;
        return (value.ValueCase, plugin) switch
        {
            (_, "hparams") => HyperparametersOf(value),
            (Summary.Types.Value.ValueOneofCase.SimpleValue, _) => new LoggedScalar(value.SimpleValue),
            (Summary.Types.Value.ValueOneofCase.Histo, _) => HistogramOf(value.Histo),
            (Summary.Types.Value.ValueOneofCase.Image, _) =>
                new LoggedImage(value.Image.EncodedImageString.Memory, value.Image.Height, value.Image.Width),
            (Summary.Types.Value.ValueOneofCase.Tensor, _) => TensorOf(value.Tensor, plugin),
            _ => new LoggedOther(plugin.Length > 0 ? plugin : "unknown"),
        };
    }

    // TensorFlow 2 writes tensors, whose meaning the plug-in says; older ones of a single number have none.
    private static LoggedValue TensorOf(TensorValue tensor, string plugin) => plugin switch
    {
        "scalars" or "" when Numbers(tensor) is [{ } number] => new LoggedScalar(number),
        "histograms" when Numbers(tensor) is { } rows && rows.Length % HistogramColumns == 0 => new LoggedHistogram(
            [.. rows.Chunk(HistogramColumns).Select(row => (row[0], row[1], row[2]))]),
        "text" => new LoggedText(string.Join('\n', tensor.StringVal.Select(text => text.ToStringUtf8()))),
        "images" when tensor.StringVal is [var width, var height, var content, ..] => new LoggedImage(content.Memory, Whole(height), Whole(width)),
        _ => new LoggedOther(plugin.Length > 0 ? plugin : "tensor"),
    };

    private static int Whole(ByteString text) =>
        int.TryParse(text.ToStringUtf8(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    // The bytes are little-endian whatever the machine.
    private static double[] Numbers(TensorValue tensor)
    {
        ReadOnlySpan<byte> content = tensor.TensorContent.Span;
        return tensor.Dtype switch
        {
            1 when content.Length > 0 => Elements(content, sizeof(float), bytes => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes)),
            1 => [.. tensor.FloatVal.Select(number => (double)number)],
            2 when content.Length > 0 => Elements(content, sizeof(double), BinaryPrimitives.ReadDoubleLittleEndian),
            2 => [.. tensor.DoubleVal],
            _ => [],
        };
    }

    private static T[] Elements<T>(ReadOnlySpan<byte> content, int size, Func<ReadOnlySpan<byte>, T> read)
    {
        T[] elements = new T[content.Length / size];
        for (int index = 0; index < elements.Length; index++)
        {
            elements[index] = read(content[(index * size)..]);
        }

        return elements;
    }

    private static LoggedHistogram HistogramOf(Histogram histogram)
    {
        int count = Math.Min(histogram.BucketLimit.Count, histogram.Bucket.Count);
        (double, double, double)[] buckets = new (double, double, double)[count];
        for (int index = 0; index < count; index++)
        {
            double left = index == 0 ? histogram.Min : histogram.BucketLimit[index - 1];
            buckets[index] = (Math.Max(left, histogram.Min), Math.Min(histogram.BucketLimit[index], histogram.Max), histogram.Bucket[index]);
        }

        return new LoggedHistogram(buckets);
    }

    private static LoggedValue HyperparametersOf(Summary.Types.Value value)
    {
        try
        {
            HyperparameterData data = HyperparameterData.Parser.ParseFrom(value.Metadata.PluginData.Content);
            return data.SessionStartInfo is { } start
                ? new LoggedHyperparameters(start.Hparams.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(pair => pair.Key, pair => TextOf(pair.Value)))
                : new LoggedOther("hparams");
        }
        catch (InvalidProtocolBufferException)
        {
            return new LoggedOther("hparams");
        }
    }

    private static string TextOf(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.NumberValue => value.NumberValue.ToString(CultureInfo.InvariantCulture),
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        _ => value.StringValue,
    };

    private static LoggedValue GraphOf(ByteString content)
    {
        try
        {
            return new LoggedGraph([.. GraphDefinition.Parser.ParseFrom(content).Node.Select(node => (node.Name, node.Op))]);
        }
        catch (InvalidProtocolBufferException)
        {
            return new LoggedOther("graph");
        }
    }
}
