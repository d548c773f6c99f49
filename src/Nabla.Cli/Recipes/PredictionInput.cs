using Nabla.Cli.Commands;
using Nabla.Cli.Reports;
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

    /// <summary>The inputs in a file, or the one that an argument itself is.</summary>
    public abstract IEnumerable<RawInput> Read(string file);

    /// <summary>Says, when all is answered, of how many inputs the model did not see all.</summary>
    public virtual void Warn(Terminal terminal)
    {
    }

    private sealed class Images(ImagePreprocessing preprocessing, Func<Stream> openInput) : PredictionInput
    {
        public override IEnumerable<RawInput> Read(string file) => [new RawInput(file, null, () => Encode(file))];

        private Tensor Encode(string file)
        {
            Tensor image = file == StandardInput ? ImageReader.Decode(ReadInput(), file, preprocessing) : ImageReader.Read(file, preprocessing);
            return image.Reshape([1, .. image.Shape]);
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
        private int truncated;

        // Lines without a text are no texts.
        public override IEnumerable<RawInput> Read(string file) => TextArgument.Read(file, openInput)
            .Where(text => text.Line is null || !string.IsNullOrWhiteSpace(text.Text))
            .Select(text => new RawInput(text.File, text.Line, () => Encode(text)));

        public override void Warn(Terminal terminal) =>
            CountedWarning.Write(terminal, truncated, "text", $"longer than the {preprocessing.Length} tokens that the model reads: cut off");

        private Tensor Encode(TextArgument text)
        {
            if (string.IsNullOrWhiteSpace(text.Text))
            {
                throw new UsageException($"{text.Place}: expected a text, got an empty one.");
            }

            EncodedTexts encoded = EncodedTexts.Of(preprocessing, [text.Text]);
            truncated += encoded.Truncated;
            return encoded.Unknown == 0 ? encoded.Ids : throw text.Unknown(preprocessing.Vocabulary.Count);
        }
    }

    private sealed class Rows(TablePreprocessing preprocessing, Func<Stream> openInput) : PredictionInput
    {
        private static readonly char[] Delimiters = [',', ';', '\t', '|'];

        private readonly string[] columns = [.. preprocessing.Columns.Select(column => column.Name)];

        public override IEnumerable<RawInput> Read(string file)
        {
            bool isRow = file != StandardInput && !File.Exists(file) && (file.Contains(',') || columns.Length == 1);
            CsvTable table = isRow ? ReadRow(file) : ReadTable(file);
            Dataset<Sample> samples = preprocessing.ApplyInputs(table).ToDataset();
            return samples.Batch(1).Epoch(0).Select((batch, row) => new RawInput(file, isRow ? null : table.Line(row), () => batch.Input));
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

            string text = string.Join('\n', TextArgument.ReadLines(openInput));
            using StringReader content = new(text);
            return CsvTable.Read(content, file, HasHeader(text) ? null : new CsvOptions { Header = columns });
        }

        // Rows alone may come through a pipe; a header names a column that the model knows.
        private bool HasHeader(string text) => text.Split('\n', 2)[0].Split(Delimiters).Any(field => columns.Contains(field.Trim(' ', '"', '\r', '\uFEFF')));
    }
}
