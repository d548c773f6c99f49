using System.Globalization;
using System.Net;
using System.Text;
using Nabla.Cli.Runs;
using Nabla.TensorBoard;
using ScottPlot;

namespace Nabla.Cli.Reports;

/// <summary>Runs as one page of HTML that needs nothing else: what they were started with, their curves, and their last pictures.</summary>
internal static class RunsPage
{
    private const int Width = 640;
    private const int Height = 360;
    private const int MostPictures = 8;
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 84rem; padding: 0 1rem; color: #222; background: #fff }
        table { border-collapse: collapse } th, td { border: 1px solid #ccc; padding: .25rem .6rem; text-align: left }
        .curves { display: flex; flex-wrap: wrap; gap: 1rem } .curves svg, figure img { max-width: 100%; height: auto }
        figure { display: inline-block; margin: 0 1rem 1rem 0 }
        """;

    /// <summary>The page.</summary>
    /// <param name="title">What stands on top.</param>
    /// <param name="runs">At least one.</param>
    public static string Write(string title, IReadOnlyList<RecordedRun> runs)
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{Encode(title)}</title>\n");
        page.Append(CultureInfo.InvariantCulture, $"<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n{Style}\n</style>\n<h1>{Encode(title)}</h1>\n");
        AppendTable(page, runs);
        AppendCurves(page, runs);
        foreach (RecordedRun run in runs)
        {
            AppendPictures(page, run);
        }

        return page.Append("</html>\n").ToString();
    }

    private static void AppendTable(StringBuilder page, IReadOnlyList<RecordedRun> runs)
    {
        string[] settings = [.. runs.SelectMany(run => run.Hyperparameters.Keys).Distinct().Order(StringComparer.Ordinal)];
        string[] curves = [.. runs.SelectMany(run => run.Curves).OrderBy(curve => curve.Rank).Select(curve => curve.Name).Distinct()];
        page.Append("<table>\n<tr><th>run</th>").AppendJoin("", settings.Concat(curves).Select(name => $"<th>{Encode(name)}</th>")).Append("</tr>\n");
        foreach (RecordedRun run in runs)
        {
            IEnumerable<string> cells = settings.Select(name => run.Hyperparameters.GetValueOrDefault(name, ""))
                .Concat(curves.Select(name => run.Curves.FirstOrDefault(curve => curve.Name == name) is { } curve ? ScoreText.Format(curve.Score, curve.Last) : ""));
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(run.Name)}</td>").AppendJoin("", cells.Select(cell => $"<td>{Encode(cell)}</td>")).Append("</tr>\n");
        }

        page.Append("</table>\n");
    }

    private static void AppendCurves(StringBuilder page, IReadOnlyList<RecordedRun> runs)
    {
        page.Append("<div class=\"curves\">\n");
        foreach (string score in runs.SelectMany(run => run.Curves).OrderBy(curve => curve.Rank).Select(curve => curve.Score).Distinct())
        {
            page.Append(CultureInfo.InvariantCulture, $"<section><h2>{Encode(score)}</h2>\n{Curve(score, runs)}\n</section>\n");
        }

        page.Append("</div>\n");
    }

    private static string Curve(string score, IReadOnlyList<RecordedRun> runs)
    {
        using Plot plot = Plots.Create();
        for (int index = 0; index < runs.Count; index++)
        {
            foreach (RunCurve curve in runs[index].Curves.Where(curve => curve.Score == score))
            {
                AddCurve(plot, curve, runs[index].Name, index);
            }
        }

        plot.ShowLegend(Edge.Bottom);
        return plot.GetSvgXml(Width, Height);
    }

    // A run has one colour; what it was trained with is drawn thin and with dots, what it is judged by thick.
    private static void AddCurve(Plot plot, RunCurve curve, string run, int index)
    {
        ScalarPoint[] finite = [.. curve.Points.Where(point => double.IsFinite(point.Value))];
        ScottPlot.Plottables.Scatter line = plot.Add.ScatterLine(
            finite.Select(point => (double)point.Step).ToArray(), finite.Select(point => point.Value).ToArray(), plot.Add.Palette.GetColor(index));
        line.LegendText = curve.Part.Length == 0 ? run : $"{run} {curve.Part}";
        line.LineWidth = curve.IsOfTraining ? 1 : 2;
        line.LinePattern = curve.IsOfTraining ? LinePattern.Dotted : LinePattern.Solid;
    }

    private static void AppendPictures(StringBuilder page, RecordedRun run)
    {
        LoggedEvent[] pictures =
        [
            .. run.Logs.SelectMany(log => log.Events).Where(logged => logged.Value is LoggedImage).GroupBy(logged => logged.Tag).Select(group => group.Last()),
        ];
        foreach (LoggedEvent picture in pictures.Take(MostPictures))
        {
            string content = Convert.ToBase64String(((LoggedImage)picture.Value).Content.Span);
            page.Append(
                CultureInfo.InvariantCulture,
                $"<figure><img alt=\"{Encode(picture.Tag)}\" src=\"data:image/png;base64,{content}\"><figcaption>{Encode($"{run.Name}: {picture.Tag}, step {picture.Step}")}</figcaption></figure>\n");
        }
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
