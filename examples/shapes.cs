// Draws pictures of circles and squares, a folder of images to learn from: dotnet run -c Release examples/shapes.cs
#:project ../src/Nabla.Vision/Nabla.Vision.csproj
using SkiaSharp;

const int Side = 24;
Random random = new(1);
foreach (string shape in new[] { "circle", "square" })
{
    string folder = Path.Combine("runs", "shapes", shape);
    Directory.CreateDirectory(folder);
    for (int index = 0; index < 200; index++)
    {
        using SKBitmap bitmap = new(Side, Side);
        using SKCanvas canvas = new(bitmap);
        using SKPaint paint = new() { Color = SKColor.FromHsv(random.Next(360), 80, 70), IsAntialias = true };
        canvas.Clear(SKColors.White);
        float radius = random.Next(5, 11);
        (float x, float y) = (random.Next((int)radius, Side - (int)radius), random.Next((int)radius, Side - (int)radius));
        if (shape == "circle")
        {
            canvas.DrawCircle(x, y, radius, paint);
        }
        else
        {
            canvas.DrawRect(x - radius, y - radius, 2 * radius, 2 * radius, paint);
        }

        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(Path.Combine(folder, $"{index}.png"), png.ToArray());
    }
}
