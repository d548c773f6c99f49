using Microsoft.ML.Tokenizers;
using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Text;

namespace Nabla.Cli.Recipes;

/// <summary>Texts of several classes, such as reviews that praise or blame, and a convolutional or recurrent network that tells them apart.</summary>
internal sealed class TextRecipe : Recipe
{
    // So many of the texts are read to their end.
    private const double ShareOfWholeTexts = 0.95;
    private const int LongestUsual = 256;
    private const int ShortestUsual = 8;
    private const int ClassesShown = 20;

    public override string Name => "text";

    public override string Description => "Texts of several classes, in any language: a convolutional or recurrent network over words.";

    public override string DataDescription =>
        "A table (CSV or TSV, gzipped or not) with a column of texts and one of classes, or a folder with one file a class, a text a line.";

    public override string Unit => "texts";

    public override IReadOnlyList<string> SpecialOptions => ["--target", "--text", "--columns", "--delimiter", "--no-quotes", "--unit", "--length", "--vocabulary", "--network", "--buckets"];

    public override string Token => "tokens";

    public override string LengthDescription => "The tokens of a text that are read; by default as many as 95 % of the texts have.";

    public override RecipeDefaults Defaults => new(Epochs: 12, Batch: 64, Patience: 2) { TextUnit = TextUnit.Word };

    public override Experiment Prepare(TrainSettings settings, CancellationToken cancellationToken)
    {
        TextTable table = TableOf(settings);
        LabeledTexts texts = LabeledTexts.Read(
            settings.Data ?? throw new UsageException("'nabla train text' needs texts: give a table or a folder with --data."),
            table.Text,
            table.Label,
            table.Options);
        Parts<LabeledTexts> parts = Parts.Draw(texts.Texts.Count, settings.Limit, settings.Seed, $"{texts.Path}: texts").Map(texts.Select);
        TextPreprocessing preprocessing = Fit(parts.Train, settings) with { Table = table == new TextTable() ? null : table };
        Parts<EncodedTexts> encoded = parts.Map(part => EncodedTexts.Of(preprocessing, part.Texts));
        return new Experiment
        {
            Network = settings.Network == "lstm"
                ? LstmClassifier.Create(preprocessing.Vocabulary.Count, preprocessing.Length, texts.Classes.Count, settings.Seed)
                : TextCnn.Create(preprocessing.Vocabulary.Count, preprocessing.Length, texts.Classes.Count, settings.Seed),
            Samples = parts.Map(part => part.ToDataset(preprocessing)),
            Question = new Question(texts.Classes),
            Preprocessing = new ModelPreprocessing(Text: preprocessing),
            Buckets = settings.Buckets ? new LengthBuckets() : null,
            Data = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(texts.Path))}, {texts.Texts.Count} texts",
            Notes = [.. Classes(texts, parts.Train), .. Notes(texts, preprocessing, encoded)],
        };
    }

    private static TextTable TableOf(TrainSettings settings) => new()
    {
        Text = settings.TextColumn,
        Label = settings.Target,
        Columns = settings.Columns.Count > 0 ? settings.Columns : null,
        Delimiter = OptionValues.Delimiter(settings.Delimiter),
        Quotes = settings.NoQuotes ? false : null,
    };

    private static TextPreprocessing Fit(LabeledTexts train, TrainSettings settings)
    {
        TextPreprocessing preprocessing = settings.TextUnit == TextUnit.Subword
            ? new BpeTrainer { VocabularySize = settings.VocabularySize }.Train(train.Texts, settings.Length ?? 1)
            : new TextPreprocessing
            {
                Unit = settings.TextUnit,
                Length = settings.Length ?? 1,
                Vocabulary = Vocabulary.Build(train.Texts, settings.TextUnit, settings.VocabularySize, fewestUses: 2),
            };
        return settings.Length is null ? preprocessing with { Length = UsualLength(train.Texts, TextTokenizer.Of(preprocessing)) } : preprocessing;
    }

    private static int UsualLength(IReadOnlyList<string> texts, Tokenizer tokenizer)
    {
        int[] lengths = [.. texts.Select(text => tokenizer.CountTokens(text)).Order()];
        return Math.Clamp(lengths[(int)((lengths.Length - 1) * ShareOfWholeTexts)], ShortestUsual, LongestUsual);
    }

    private static string NameOf(TextUnit unit) => unit switch
    {
        TextUnit.Word => "words and signs",
        TextUnit.Character => "characters",
        _ => "parts of words",
    };

    private static IEnumerable<string> Classes(LabeledTexts texts, LabeledTexts train)
    {
        yield return $"{texts.Classes.Count} classes: {string.Join(", ", texts.Classes.Take(ClassesShown))}{(texts.Classes.Count > ClassesShown ? ", ..." : "")}";
        string[] unseen = [.. texts.Classes.Where((_, place) => !train.Labels.Contains(place))];
        if (unseen.Length > 0)
        {
            yield return $"none of the texts that are trained with is of {string.Join(", ", unseen)}: the model cannot learn what is never shown to it";
        }
    }

    private static IEnumerable<string> Notes(LabeledTexts texts, TextPreprocessing preprocessing, Parts<EncodedTexts> encoded)
    {
        yield return $"a vocabulary of {preprocessing.Vocabulary.Count} {NameOf(preprocessing.Unit)}; the first {preprocessing.Length} of a text are read";
        foreach (string note in DataNotes.OfTexts(texts.Dropped, encoded.Count(part => part.Truncated), encoded.Count(part => part.Unknown)))
        {
            yield return note;
        }
    }
}
