using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Text;
using Nabla.Vision;

namespace Nabla.Cli.Recipes;

/// <summary>Data that a saved model is to be judged by, read in the way in which the model was trained.</summary>
/// <param name="Samples">The samples.</param>
/// <param name="Notes">What a person should know of them, a line each.</param>
internal sealed record TestData(Dataset<Sample> Samples, IReadOnlyList<string> Notes)
{
    private const string UsualHeader = "text,label";

    private TestData(Dataset<Sample> samples)
        : this(samples, [])
    {
    }

    /// <exception cref="UsageException">The model and the data do not fit together.</exception>
    public static TestData Load(SavedModel model, string path, CancellationToken cancellationToken) => model.Preprocessing switch
    {
        { Table: { } table } => new(LoadTable(table, path)),
        { Text: { } text } when model.Task == PredictionTask.LanguageModel => LoadText(text, path),
        { Text: not null } when StoryData.IsOf(model) => StoryData.Load(model, path),
        { Text: { } text } => LoadTexts(text, model.Labels, path),
        { Image: { } image } => new(LoadImages(model, image, path, cancellationToken)),
        _ => new(LoadIdx(model, path)),
    };

    /// <summary>Whether a folder has MNIST's files.</summary>
    public static bool IsIdx(string path) => Directory.Exists(path) && Directory.EnumerateFiles(path, "t10k-images*").Any();

    private static Dataset<Sample> LoadTable(TablePreprocessing preprocessing, string path)
    {
        CsvTable table = CsvTable.Read(path);
        _ = table[preprocessing.Target.Name];
        return table.RowCount > 0
            ? preprocessing.Apply(table).ToDataset()
            : throw new UsageException($"{path}: expected rows after the header, got none.");
    }

    private static TestData LoadText(TextPreprocessing preprocessing, string path)
    {
        IReadOnlyList<int> tokens = TextTokenizer.Of(preprocessing).EncodeToIds(TextFile.Read(path));
        return tokens.Count > preprocessing.Length
            ? new(
                TokenWindows.Of(tokens, preprocessing.Length),
                [.. DataNotes.OfTokens(tokens.Count(token => token == TextPreprocessing.UnknownId), tokens.Count)])
            : throw new UsageException($"{path}: expected a text of more than {preprocessing.Length} tokens, which the model sees at once, got {tokens.Count}.");
    }

    private static TestData LoadTexts(TextPreprocessing preprocessing, IReadOnlyList<string> classes, string path)
    {
        TextTable table = preprocessing.Table is { } learnt && !IsUsual(path) ? learnt : new TextTable();
        LabeledTexts texts = LabeledTexts.Read(path, table.Text, table.Label, table.Options, classes);
        EncodedTexts encoded = EncodedTexts.Of(preprocessing, texts.Texts);
        return new(
            Dataset.FromTensors(encoded.Ids, Tensor.From([.. texts.Labels])),
            [.. DataNotes.OfTexts(texts.Dropped, encoded.Truncated, encoded.Unknown)]);
    }

    // What a server collects has these columns, whatever the table was called that the model learnt from.
    private static bool IsUsual(string path) => File.Exists(path) && TextLines.Read(path) is [UsualHeader, ..];

    private static Dataset<Sample> LoadImages(SavedModel model, ImagePreprocessing preprocessing, string path, CancellationToken cancellationToken)
    {
        if (IsIdx(path))
        {
            return LoadIdx(model, path);
        }

        string folder = ImageFolder.IsSplit(path) ? Path.Combine(path, "test") : path;
        return ImageFolder.Open(folder, model.Labels).Load(preprocessing, cancellationToken);
    }

    private static Dataset<Sample> LoadIdx(SavedModel model, string path)
    {
        LabeledImages test = Mnist.LoadTest(path);
        Shape shape = test.Images.Shape.Without(0);
        return shape == model.Network.InputShape
            ? test.ToDataset()
            : throw new UsageException($"{path}: the images have shape {shape}, but the model '{model.Name}' reads {model.Network.InputShape}.");
    }
}
