using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Serving.Inference;
using Nabla.Serving.TensorFlow;

namespace Nabla.Serving.Collecting;

/// <summary>
/// Writes labelled requests as the data that commands read: pictures into a folder <c>MODEL/LABEL</c>, texts and rows into the table <c>MODEL.csv</c>.
/// </summary>
internal sealed class CollectedData(ServingOptions options)
{
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, long> sizes = new(StringComparer.Ordinal);

    /// <summary>Keeps an example.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="label">What the answer should have been.</param>
    /// <exception cref="ServingException">The label is none of the model, or the model's examples have as many bytes as they may.</exception>
    public void Add(AnsweredRequest request, string label)
    {
        (string name, SavedModel model) = (request.Model.Name, request.Model.Model.Saved!);
        RequireLabel(name, model, label);
        lock (gate)
        {
            string folder = options.Collect.Folder!;
            Directory.CreateDirectory(folder);
            if (RawInputs.KindOf(model) == RawKind.Image)
            {
                AddPicture(folder, name, label, request.Raw);
            }
            else
            {
                AddLine(folder, name, model, label, request.Raw);
            }
        }
    }

    private static void RequireLabel(string name, SavedModel model, string label)
    {
        if (model.Task != PredictionTask.Classification)
        {
            if (!double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
            {
                throw ServingException.Invalid($"Model '{name}' expects a number as the label but got '{label}'.");
            }

            return;
        }

        int classes = model.Network.OutputShape[-1];
        if (!Enumerable.Range(0, classes).Any(index => ExampleAnswers.LabelOf(model, index) == label))
        {
            throw ServingException.Invalid($"Model '{name}' has no label '{label}'.");
        }

        if (RawInputs.KindOf(model) == RawKind.Image && (label.Length == 0 || label.StartsWith('.') || label.IndexOfAny(['/', '\\', ':', '\0']) >= 0))
        {
            throw ServingException.Invalid($"Label '{label}' of model '{name}' cannot be the name of a folder, so its pictures are not kept.");
        }
    }

    // The name is the content's hash: the same picture is kept once.
    private void AddPicture(string folder, string name, string label, ReadOnlyMemory<byte> picture)
    {
        string path = Path.Combine(folder, name, label, $"{Convert.ToHexStringLower(SHA256.HashData(picture.Span).AsSpan(0, 16))}{ExtensionOf(picture.Span)}");
        if (!File.Exists(path))
        {
            Reserve(folder, name, picture.Length);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.WriteBytes(path, picture.ToArray());
        }
    }

    private void AddLine(string folder, string name, SavedModel model, string label, ReadOnlyMemory<byte> raw)
    {
        string path = Path.Combine(folder, $"{name}.csv");
        TablePreprocessing? table = model.Preprocessing!.Table;
        string line = $"{(table is null ? Field(Encoding.UTF8.GetString(raw.Span)) : Row(table, model.Signature.Inputs[0], raw))},{Field(label)}\n";
        string header = table is null ? "text,label\n" : $"{string.Join(',', table.Columns.Select(column => Field(column.Name)))},{Field(table.Target.Name)}\n";
        byte[] bytes = Encoding.UTF8.GetBytes(File.Exists(path) ? line : header + line);
        Reserve(folder, name, bytes.Length);
        using FileStream stream = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        stream.Write(bytes);
    }

    // Columns that may not be kept are missing values.
    private static string Row(TablePreprocessing table, SignatureTensor input, ReadOnlyMemory<byte> raw) => string.Join(
        ',',
        RawInputs.ReadRows(table, input.Name, [raw]).Columns
            .Select(column => KeptFields.Column(input, column.Name) && column.Values[0] is { } value ? Field(value) : ""));

    private void Reserve(string folder, string name, int bytes)
    {
        long size = sizes.GetOrAdd(name, _ => SizeOf(folder, name));
        if (size + bytes > options.Collect.MaxBytes)
        {
            throw new ServingException(ServingFault.QuotaSpent, $"The examples of model '{name}' have {size} of {options.Collect.MaxBytes} bytes: no more are kept.");
        }

        sizes[name] = size + bytes;
    }

    private static long SizeOf(string folder, string name)
    {
        FileInfo table = new(Path.Combine(folder, $"{name}.csv"));
        DirectoryInfo pictures = new(Path.Combine(folder, name));
        return (table.Exists ? table.Length : 0) + (pictures.Exists ? pictures.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : 0);
    }

    private static string Field(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string ExtensionOf(ReadOnlySpan<byte> picture) => picture switch
    {
        [0x89, (byte)'P', ..] => ".png",
        [0xFF, 0xD8, ..] => ".jpg",
        [(byte)'G', (byte)'I', (byte)'F', ..] => ".gif",
        [(byte)'B', (byte)'M', ..] => ".bmp",
        _ => ".webp",
    };
}
