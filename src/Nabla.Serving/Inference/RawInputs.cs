using System.Text;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Serving.Models;
using Nabla.Serving.Tensors;
using Nabla.Text;

namespace Nabla.Serving.Inference;

/// <summary>
/// Turns what people have into inputs of a network, by the preprocessing that was saved with it: elements of BYTES that are picture files, texts, or rows
/// of a table.
/// </summary>
internal static class RawInputs
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The inputs, those of BYTES computed where the model says how.</summary>
    /// <param name="inputs">The inputs of a request.</param>
    /// <param name="model">The model that is asked.</param>
    /// <param name="pictures">Decodes those that are pictures.</param>
    /// <param name="cancellationToken">Says that nobody waits for them any more, which is looked at between elements.</param>
    /// <exception cref="ServingException">An element is no picture, text or row that the model takes, or too many pictures wait to be decoded.</exception>
    public static async Task<IReadOnlyList<WireTensor>> PrepareAsync(
        IReadOnlyList<WireTensor> inputs, IServedModel model, PictureDecoder pictures, CancellationToken cancellationToken)
    {
        if (model.Saved is not { } saved || KindOf(saved) == RawKind.None)
        {
            return inputs;
        }

        WireTensor[] prepared = [.. inputs];
        for (int index = 0; index < prepared.Length; index++)
        {
            prepared[index] = prepared[index].Type == ElementType.Bytes
                ? await PrepareAsync(prepared[index], saved, pictures, cancellationToken).ConfigureAwait(false)
                : prepared[index];
        }

        return prepared;
    }

    /// <summary>What a model takes beside numbers.</summary>
    public static RawKind KindOf(SavedModel model) => model switch
    {
        { Preprocessing.Image: not null } => RawKind.Image,
        { Preprocessing.Table: not null } => RawKind.Row,
        { Preprocessing: { Text: not null, Target: null, Reading: null }, Task: PredictionTask.Classification } => RawKind.Text,
        { Preprocessing: null, Network.InputShape: { Rank: 3 } shape } when shape[2] is 1 or 3 => RawKind.Image,
        _ => RawKind.None,
    };

    /// <summary>How a picture becomes the input of a model that takes pictures.</summary>
    public static ImagePreprocessing ImageOf(SavedModel model) => model.Preprocessing?.Image ?? new ImagePreprocessing
    {
        Height = model.Network.InputShape[0],
        Width = model.Network.InputShape[1],
        Channels = model.Network.InputShape[2],
    };

    private static async Task<WireTensor> PrepareAsync(WireTensor raw, SavedModel model, PictureDecoder pictures, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<ReadOnlyMemory<byte>> elements = ByteElements.Split(raw.Data);
            Tensor[] rows = KindOf(model) switch
            {
                RawKind.Image => await pictures.DecodeAsync(elements, raw.Label, ImageOf(model), cancellationToken).ConfigureAwait(false),
                RawKind.Row => [RowsOf(model.Preprocessing!.Table!, raw.Label, elements)],
                _ => [TextsOf(model.Preprocessing!.Text!, elements)],
            };
            return ToWire(raw.Name, model, rows, elements.Count);
        }
        catch (Exception error) when (error is InvalidFileException or DecoderFallbackException or ArgumentException)
        {
            throw new ServingException(ServingFault.InvalidRequest, error.Message, error);
        }
    }

    /// <summary>The rows of a table, one in each element.</summary>
    /// <exception cref="ArgumentException">There are more rows than elements.</exception>
    public static CsvTable ReadRows(TablePreprocessing table, string label, IReadOnlyList<ReadOnlyMemory<byte>> rows)
    {
        StringBuilder text = new();
        foreach (ReadOnlyMemory<byte> row in rows)
        {
            text.Append(Utf8.GetString(row.Span)).Append('\n');
        }

        using StringReader reader = new(text.ToString());
        CsvTable read = CsvTable.Read(reader, label, new CsvOptions { Header = [.. table.Columns.Select(column => column.Name)], Delimiter = ',' });
        return read.RowCount == rows.Count
            ? read
            : throw new ArgumentException($"{label} expects a row in each element but got {read.RowCount} rows in {rows.Count} elements.");
    }

    private static Tensor RowsOf(TablePreprocessing table, string label, IReadOnlyList<ReadOnlyMemory<byte>> rows) =>
        table.ApplyInputs(ReadRows(table, label, rows)).Inputs;

    private static Tensor TextsOf(TextPreprocessing text, IReadOnlyList<ReadOnlyMemory<byte>> texts) =>
        EncodedTexts.Of(text, [.. texts.Select(element => Utf8.GetString(element.Span))]).Ids;

    private static WireTensor ToWire(string name, SavedModel model, Tensor[] rows, int count)
    {
        byte[] data = new byte[rows.Sum(row => row.Type.ByteCount)];
        int position = 0;
        foreach (Tensor row in rows)
        {
            row.WritableBytes().CopyTo(data.AsSpan(position));
            position += (int)row.Type.ByteCount;
            GC.KeepAlive(row);
        }

        SignatureTensor input = model.Signature.Inputs[0];
        return new WireTensor(name, ElementTypes.Of(input.Type), [count, .. input.Shape], data);
    }
}

/// <summary>What a person has for a model.</summary>
internal enum RawKind
{
    /// <summary>Nothing but numbers.</summary>
    None,

    /// <summary>A picture file.</summary>
    Image,

    /// <summary>A row of a table.</summary>
    Row,

    /// <summary>A text.</summary>
    Text,
}
