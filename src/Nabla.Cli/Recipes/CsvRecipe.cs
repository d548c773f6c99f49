using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Cli.Recipes;

/// <summary>A table and a dense network that learns one of its columns from the others.</summary>
internal sealed class CsvRecipe : Recipe
{
    public override string Name => "csv";

    public override string Description => "A table: a dense network learns one column, a class or a number, from the others.";

    public override string DataDescription => "The table: a text file with a header row, gzipped or not.";

    public override string Unit => "rows";

    public override IReadOnlyList<string> SpecialOptions => ["--target", "--ignore", "--delimiter", "--hidden"];

    public override RecipeDefaults Defaults => new(Epochs: 100, Batch: 32, Patience: 10);

    public override Experiment Prepare(TrainSettings settings, CancellationToken cancellationToken)
    {
        CsvTable table = CsvTable.Read(
            settings.Data ?? throw new UsageException("'nabla train csv' needs a table: give it with --data."),
            new CsvOptions { Delimiter = OptionValues.Delimiter(settings.Delimiter) });
        string target = settings.Target ?? throw new UsageException(
            $"'nabla train csv' needs the column to learn: give --target with one of {Names(table)}.");
        RequireColumn(table, "--target", target);
        foreach (string name in settings.Ignore)
        {
            RequireColumn(table, "--ignore", name);
        }

        return Prepare(table, target, settings);
    }

    private static Experiment Prepare(CsvTable table, string target, TrainSettings settings)
    {
        Parts<int[]> rows = Parts.Draw(table.RowCount, settings.Limit, settings.Seed, $"{table.Path}: rows");
        TablePreprocessing preprocessing = TablePreprocessing.Fit(table, target, rows.Train, settings.Ignore);
        Dataset<Sample> samples = preprocessing.Apply(table).ToDataset();
        return new Experiment
        {
            Network = CreateNetwork(preprocessing, settings),
            Samples = rows.Map(part => samples.Select(part)),
            Question = Question.Of(preprocessing.Target),
            Preprocessing = new ModelPreprocessing(Table: preprocessing),
            Data = $"{Path.GetFileName(table.Path)}, {table.RowCount} rows",
            Notes = [.. Notes(preprocessing)],
        };
    }

    private static Sequential CreateNetwork(TablePreprocessing preprocessing, TrainSettings settings) => new(
        [preprocessing.InputSize],
        settings.Seed,
        [
            .. settings.Hidden.Select(units => new Dense(units, ActivationKind.Relu)),
            preprocessing.Target.Task == PredictionTask.Classification
                ? new Dense(preprocessing.Target.Classes.Count, ActivationKind.Softmax)
                : new Dense(1),
        ]);

    private static IEnumerable<string> Notes(TablePreprocessing preprocessing)
    {
        yield return preprocessing.Target.Reason;
        foreach (TableColumn column in preprocessing.Columns.Where(column => column.MissingCount > 0))
        {
            string remedy = column.Kind == ColumnKind.Numeric ? "the mean stands for them" : "no category is set for them";
            yield return $"'{column.Name}' has {column.MissingCount} missing values: {remedy}";
        }

        foreach (IgnoredColumn column in preprocessing.Ignored)
        {
            yield return $"'{column.Name}' is left out: {column.Reason}";
        }
    }

    private static void RequireColumn(CsvTable table, string option, string name)
    {
        if (!table.HasColumn(name))
        {
            throw new UsageException($"{table.Path}: there is no column '{name}' for {option}, only {Names(table)}.");
        }
    }

    private static string Names(CsvTable table) => string.Join(", ", table.Columns.Select(column => column.Name));
}
