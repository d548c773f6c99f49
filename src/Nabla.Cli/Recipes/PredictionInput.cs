using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Text;
using Nabla.Vision;

namespace Nabla.Cli.Recipes;

/// <summary>Turns what <c>nabla predict</c> is given into inputs of a network.</summary>
internal abstract class PredictionInput
{
    private const string StandardInput = "-";

    /// <summary>What a model reads.</summary>
    /// <exception cref="UsageException">The model does not say how raw data becomes its input.</exception>
    public static PredictionInput Of(SavedModel model, Func<Stream> openInput) => model.Preprocessing switch
    {
        { Image: { } image } => new Images(image, openInput),
        { Table: { } table } => new Rows(table, openInput),
        { Text: { } text } => new Texts(text, openInput),
        _ when model.Network.InputShape is { Rank: 3 } shape && shape[2] is 1 or 3 =>
            new Images(new ImagePreprocessing { Height = shape[0], Width = shape[1], Channels = shape[2] }, openInput),
        _ => throw new UsageException($"The model '{model.Name}' does not say how images or rows become its input {model.Network.InputShape}."),
    };

    /// <summary>The inputs in a file, <c>[1, ...]</c> each, with the name and the line to show.</summary>
    public abstract IEnumerable<(string Name, long? Line, Tensor Input)> Read(string file);

    private sealed class Images(ImagePreprocessing preprocessing, Func<Stream> openInput) : PredictionInput
    {
        public override IEnumerable<(string Name, long? Line, Tensor Input)> Read(string file)
        {
            Tensor image = file == StandardInput ? ImageReader.Decode(ReadInput(), file, preprocessing) : ImageReader.Read(file, preprocessing);
            return [(file, null, image.Reshape([1, .. image.Shape]))];
        }

        private byte[] ReadInput()
        {
            using Stream stream = openInput();
            using MemoryStream content = new();
            stream.CopyTo(content);
            return content.ToArray();
        }
    }

    private sealed class Texts(TextPreprocessing preprocessing, Func<Stream> openInput) : PredictionInput
    {
        public override IEnumerable<(string Name, long? Line, Tensor Input)> Read(string file)
        {
            bool isText = file != StandardInput && !File.Exists(file);
            IReadOnlyList<string> texts = isText ? [file] : file == StandardInput ? ReadInput() : TextLines.Read(file);
            return texts
                .Select((text, index) => (Name: file, Line: isText ? (long?)null : index + 1, Text: text))
                .Where(text => isText || !string.IsNullOrWhiteSpace(text.Text))
                .Select(text => (text.Name, text.Line, Encode(text.Text, text.Line is { } line ? $"{file} line {line}" : $"'{file}'")));
        }

        private Tensor Encode(string text, string place)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                throw new UsageException($"{place}: expected a text, got an empty one.");
            }

            EncodedTexts encoded = EncodedTexts.Of(preprocessing, [text]);
            return encoded.Unknown == 0
                ? encoded.Ids
                : throw new UsageException($"{place}: none of its words is in the model's vocabulary of {preprocessing.Vocabulary.Count}.");
        }

        private List<string> ReadInput()
        {
            using StreamReader reader = new(openInput());
            List<string> lines = [];
            while (reader.ReadLine() is { } line)
            {
                lines.Add(line);
            }

            return lines;
        }
    }

    private sealed class Rows(TablePreprocessing preprocessing, Func<Stream> openInput) : PredictionInput
    {
        private static readonly char[] Delimiters = [',', ';', '\t', '|'];

        private readonly string[] columns = [.. preprocessing.Columns.Select(column => column.Name)];

        public override IEnumerable<(string Name, long? Line, Tensor Input)> Read(string file)
        {
            bool isRow = file != StandardInput && !File.Exists(file) && (file.Contains(',') || columns.Length == 1);
            CsvTable table = isRow ? ReadRow(file) : ReadTable(file);
            Dataset<Sample> samples = preprocessing.ApplyInputs(table).ToDataset();
            return samples.Batch(1).Epoch(0).Select((batch, row) => (file, isRow ? (long?)null : table.Line(row), batch.Input));
        }

        private CsvTable ReadRow(string row)
        {
            using StringReader text = new(row);
            return CsvTable.Read(text, row, new CsvOptions { Header = columns, Delimiter = ',' });
        }

        private CsvTable ReadTable(string file)
        {
            if (file != StandardInput)
            {
                return CsvTable.Read(file);
            }

            using StreamReader reader = new(openInput());
            string text = reader.ReadToEnd();
            using StringReader content = new(text);
            return CsvTable.Read(content, file, HasHeader(text) ? null : new CsvOptions { Header = columns });
        }

        // Rows alone may come through a pipe; a header names a column that the model knows.
        private bool HasHeader(string text) => text.Split('\n', 2)[0].Split(Delimiters).Any(field => columns.Contains(field.Trim(' ', '"', '\r', '\uFEFF')));
    }
}
