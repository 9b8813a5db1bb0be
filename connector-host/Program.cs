Console.WriteLine("connector-host");
