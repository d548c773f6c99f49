using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Tests.Data;

public sealed class TablePreprocessingTests
{
    private const string People =
        """
        name,age,city,empty,income
        Ann,20,Ulm,,1.5
        Bob,40,Bonn,,2.5
        Cem,,Ulm,,3.5
        Dee,60,,,4.5
        """;

    [Fact]
    public void Numbers_are_standardised_and_categories_become_one_hot()
    {
        CsvTable table = Table(People);
        TablePreprocessing preprocessing = TablePreprocessing.Fit(table, "income", ignored: ["name"]);
        Assert.Equal(["age", "city"], preprocessing.Columns.Select(column => column.Name));
        Assert.Equal([("name", "as asked"), ("empty", "all its values are missing")], preprocessing.Ignored.Select(column => (column.Name, column.Reason)));
        Assert.Equal(40, preprocessing.Columns[0].Mean);
        Assert.Equal(Math.Sqrt(800 / 3.0), preprocessing.Columns[0].Deviation, 1e-12);
        Assert.Equal(["Bonn", "Ulm"], preprocessing.Columns[1].Categories);

        // A missing number is the mean, a missing category none of the categories.
        float low = (float)(-20 / Math.Sqrt(800 / 3.0));
        TableTensors tensors = preprocessing.Apply(table);
        Assert.Equal([4, 3], tensors.Inputs.Shape);
        Assert.Equal([low, 0, 1, 0, 1, 0, 0, 0, 1, -low, 0, 0], tensors.Inputs.ToArray<float>());

        float[] targets = tensors.Targets!.ToArray<float>();
        Assert.Equal([4, 1], tensors.Targets!.Shape);
        Assert.Equal(0, targets.Sum(), 1e-6);
        Assert.Equal(4.5, preprocessing.Target.Restore(targets[3]), 1e-6);
    }

    [Fact]
    public void Means_come_from_the_training_rows_alone_and_categories_from_all()
    {
        CsvTable table = Table("x,c,y\n0,a,p\n2,a,q\n1000,b,p\n");
        TablePreprocessing preprocessing = TablePreprocessing.Fit(table, "y", trainingRows: [0, 1]);
        Assert.Equal(1, preprocessing.Columns[0].Mean);
        Assert.Equal(1, preprocessing.Columns[0].Deviation);
        Assert.Equal(["a", "b"], preprocessing.Columns[1].Categories);
        Assert.Equal(999f, preprocessing.Apply(table).Inputs.ToArray<float>()[6]);
    }

    [Fact]
    public void A_constant_column_becomes_zero() =>
        Assert.All(TablePreprocessing.Fit(Table("x,y\n7,a\n7,b\n"), "y").Apply(Table("x,y\n7,a\n7,b\n")).Inputs.ToArray<float>(), value => Assert.Equal(0f, value));

    [Theory]
    [InlineData("x,y\n1,a\n2,b\n3,a\n", PredictionTask.Classification, "'y' has 2 different texts: classification")]
    [InlineData("x,y\n1,1\n2,0.0\n3,1.0\n", PredictionTask.Classification, "'y' has only 2 different whole numbers in 3 rows: classification")]
    [InlineData("x,y\n1,1\n2,2\n3,3\n", PredictionTask.Regression, "'y' has 3 different whole numbers in 3 rows: regression")]
    [InlineData("x,y\n1,1.5\n2,2.5\n3,1.5\n", PredictionTask.Regression, "'y' has 2 different numbers in 3 rows: regression")]
    public void The_task_is_inferred_and_said(string text, PredictionTask task, string reason)
    {
        TableTarget target = TablePreprocessing.Fit(Table(text), "y").Target;
        Assert.Equal(task, target.Task);
        Assert.Equal(reason, target.Reason);
    }

    [Fact]
    public void Classes_that_are_numbers_are_sorted_as_numbers()
    {
        string rows = string.Concat(Enumerable.Range(0, 30).Select(row => $"{row},{(row % 3) + 9}\n"));
        CsvTable table = Table("x,y\n" + rows);
        TablePreprocessing preprocessing = TablePreprocessing.Fit(table, "y");
        Assert.Equal(["9", "10", "11"], preprocessing.Target.Classes);
        Assert.Equal([0, 1, 2, 0], preprocessing.Apply(table).Targets!.ToArray<int>()[..4]);
    }

    [Fact]
    public void A_column_whose_categories_are_hardly_met_twice_is_left_out()
    {
        string rows = string.Concat(Enumerable.Range(0, 30).Select(row => $"{row},ticket {row * 2 / 3},{(row % 2 == 0 ? "a" : "b")}\n"));
        TablePreprocessing preprocessing = TablePreprocessing.Fit(Table("x,ticket,y\n" + rows), "y");
        Assert.Equal([new IgnoredColumn("ticket", "20 of its 30 values are different")], preprocessing.Ignored);
    }

    [Fact]
    public void A_column_of_identifiers_is_left_out()
    {
        string rows = string.Concat(Enumerable.Range(0, 20).Select(row => $"id{row},{row},{row % 2}\n"));
        TablePreprocessing preprocessing = TablePreprocessing.Fit(Table("id,x,y\n" + rows), "y");
        Assert.Equal([new IgnoredColumn("id", "each of its 20 values is different")], preprocessing.Ignored);
    }

    [Theory]
    [InlineData("x,y\n1,a\n2,\n3,b\n4,NA\n", "expected a value of the target 'y' in each row, got 2 of 4 rows without one (lines 3, 5), the first at line 3")]
    [InlineData("x,y\n1,a\n2,a\n", "expected at least two different values of the target 'y', got only 'a'")]
    [InlineData("x,z\n1,a\n2,a\n", "expected a column 'y', got 'x', 'z' at line 1")]
    [InlineData("y\n1\n2\n", "expected a column besides the target 'y' to learn from, got none")]
    [InlineData("x,y\n", "expected rows after the header, got none")]
    [InlineData("x,y\n1e200,a\n-1e200,b\n", "expected numbers in column 'x' whose variance is finite, got larger ones")]
    public void What_cannot_be_learnt_from_is_refused(string text, string expected) => Assert.Equal(
        $"table.csv: {expected}", Assert.Throws<InvalidFileException>(() => TablePreprocessing.Fit(Table(text), "y")).Message);

    [Fact]
    public void Too_many_categories_name_the_value_that_is_no_number()
    {
        string rows = string.Concat(Enumerable.Range(0, 1500).Select(row => $"{(row == 3 ? "2x" : row % 1200)},{row % 2}\n"));
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => TablePreprocessing.Fit(Table("x,y\n" + rows), "y"));
        Assert.Contains("at most 1000 categories in column 'x', got 1201; the first value that is no number is '2x' on line 5", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("age,city\n1,Rome\n", "expected a category of column 'city' out of 'Bonn', 'Ulm', got 'Rome' at line 2")]
    [InlineData("age,city\n1,Ulm\nold,Ulm\n", "expected a number in column 'age', got 'old' at line 3")]
    [InlineData("age\n1\n", "expected a column 'city', got 'age' at line 1")]
    [InlineData("age,city,income\n1,Ulm,\n", "expected a number in column 'income', got a missing value at line 2")]
    public void A_row_that_does_not_fit_is_named(string text, string expected)
    {
        TablePreprocessing preprocessing = TablePreprocessing.Fit(Table(People), "income", ignored: ["name"]);
        Assert.Equal($"table.csv: {expected}", Assert.Throws<InvalidFileException>(() => preprocessing.Apply(Table(text))).Message);
    }

    [Fact]
    public void An_unknown_class_lists_those_that_exist()
    {
        TablePreprocessing preprocessing = TablePreprocessing.Fit(Table("x,y\n1,a\n2,b\n"), "y");
        Assert.EndsWith(
            "expected a class of column 'y' out of 'a', 'b', got 'c' at line 2",
            Assert.Throws<InvalidFileException>(() => preprocessing.Apply(Table("x,y\n1,c\n"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_without_a_target_column_have_no_targets()
    {
        TablePreprocessing preprocessing = TablePreprocessing.Fit(Table("x,y\n1,a\n2,b\n"), "y");
        TableTensors tensors = preprocessing.Apply(Table("x\n1.5\n"));
        Assert.Null(tensors.Targets);
        Assert.Equal([0f], tensors.Inputs.ToArray<float>());
    }

    [Fact]
    public void Json_keeps_everything()
    {
        TablePreprocessing preprocessing = TablePreprocessing.Fit(Table(People), "income", ignored: ["name"]);
        string json = preprocessing.ToJson();
        Assert.Equal(json, TablePreprocessing.FromJson(json, "p.json").ToJson());
        Assert.Equal(
            preprocessing.Apply(Table(People)).Inputs.ToArray<float>(), TablePreprocessing.FromJson(json, "p.json").Apply(Table(People)).Inputs.ToArray<float>());
        Assert.Contains("\"kind\": \"categorical\"", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"deviation\"", "\"deviatoin\"")]
    [InlineData("\"mean\": 40", "\"mean\": \"40\"")]
    [InlineData("\"mean\": 40", "\"mean\": 1e999")]
    [InlineData("\"deviation\": 1,", "\"deviation\": 0,")]
    [InlineData("\"Ulm\"", "\"Bonn\"")]
    [InlineData("\"Ulm\"", "null")]
    [InlineData("\"categorical\"", "\"Else\"")]
    [InlineData("\"categorical\"", "17")]
    [InlineData("\"name\": \"age\"", "\"name\": null")]
    [InlineData("\"name\": \"age\",", "")]
    [InlineData("{", "[")]
    public void Json_that_no_fit_writes_is_refused(string good, string bad)
    {
        string json = TablePreprocessing.Fit(Table(People), "income", ignored: ["name"]).ToJson();
        Assert.Contains(good, json, StringComparison.Ordinal);
        string changed = json.Replace(good, bad, StringComparison.Ordinal);
        Assert.StartsWith("p.json: expected", Assert.Throws<InvalidFileException>(() => TablePreprocessing.FromJson(changed, "p.json")).Message, StringComparison.Ordinal);
    }

    private static CsvTable Table(string text) => CsvTable.Read(new StringReader(text), "table.csv");
}
